"""EIN111 not-a-tensor."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.callables import Kind
from einlint.calls import Call
from einlint.findings import Report
from einlint.registry import rule
from einlint.rules.swapped_arguments import is_string


@rule("EIN111", "not-a-tensor", subject=Call)
def not_a_tensor(call: Call) -> Iterator[Report]:
    """A literal stands where einops takes a tensor: a tuple of tensors, an empty list, a number."""
    kind, name = call.callee.kind, call.callee.name
    if kind is Kind.EQUATION:
        return
    for node in call.tensors[:1]:
        what = _what(node)
        if what is not None:
            yield Report(call.source.span(node), f"`{name}` takes a tensor or a list of tensors, not {what}")
    packed = call.arguments.get("tensors")
    if isinstance(packed, (ast.List, ast.Tuple)) and not packed.elts:
        yield Report(call.source.span(packed), f"`{name}` needs at least one tensor")


def _what(node: ast.expr) -> str | None:
    """What a literal is when it is no tensor; strings have a rule of their own."""
    if isinstance(node, ast.Tuple):
        return "a tuple"
    if isinstance(node, ast.List) and not node.elts:
        return "an empty list"
    if isinstance(node, (ast.Dict, ast.DictComp)):
        return "a dictionary"
    if isinstance(node, (ast.Set, ast.SetComp)):
        return "a set"
    if isinstance(node, ast.GeneratorExp):
        return "a generator"
    if isinstance(node, ast.Lambda):
        return "a function"
    return f"`{node.value!r}`" if isinstance(node, ast.Constant) and not is_string(node) else None
