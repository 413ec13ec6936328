"""EIN107 swapped-arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.callables import Kind
from einlint.calls import Call
from einlint.findings import Report
from einlint.registry import rule
from einlint.texts import Text

_TAKE_SEVERAL = (Kind.EINSUM, Kind.PACK)


@rule("EIN107", "swapped-arguments", subject=Call)
def swapped_arguments(call: Call) -> Iterator[Report]:
    """A string stands where the function takes a tensor, or a pattern where it takes the reduction."""
    name, packed = call.callee.name, call.arguments.get("tensors")
    for node in call.tensors if packed is None else (packed,):
        if is_string(node) and call.pattern_node is not None:
            yield Report(call.source.span(node), f"a string is no tensor: `{name}` takes {_order(call)}")
    for text in call.reductions if call.callee.kind is Kind.REDUCE else ():
        if is_pattern(text):
            message = f"a pattern is no reduction: `{name}` takes the pattern before the reduction"
            yield Report(text.span(call.source, 0, 0), message)


def _order(call: Call) -> str:
    if call.callee.kind is Kind.EQUATION:
        return "the equation first"
    return f"the pattern after the {'tensors' if call.callee.kind in _TAKE_SEVERAL else 'tensor'}"


def is_string(node: ast.expr) -> bool:
    """Whether a node is a string whatever runs."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def is_pattern(text: Text) -> bool:
    """Whether a text can only be meant as a pattern."""
    return "->" in text.value
