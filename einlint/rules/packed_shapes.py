"""EIN113 packed-shapes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.axes import constant
from einlint.callables import Kind
from einlint.calls import Call
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN113", "packed-shapes", subject=Call)
def packed_shapes(call: Call) -> Iterator[Report]:
    """The shapes given to `unpack` are not a list of shapes, or leave more than one size open."""
    shapes = call.arguments.get("packed_shapes")
    if call.callee.kind is not Kind.UNPACK or not isinstance(shapes, (ast.List, ast.Tuple)):
        return
    for shape in shapes.elts:
        value = constant(shape)
        if value is not None:
            yield Report(call.source.span(shape), f"`{value[0]!r}` is not a shape: `unpack` takes one tuple per tensor")
            return
    unknown = [shape for shape in shapes.elts if _open_sizes(shape)]
    count = sum(map(_open_sizes, unknown))
    if count > 1:
        yield Report(call.source.span(unknown[-1]), f"`unpack` can compute one size, but {count} are `-1`")


def _open_sizes(shape: ast.expr) -> int:
    if not isinstance(shape, (ast.List, ast.Tuple)):
        return 0
    return sum(constant(size) == (-1,) for size in shape.elts)
