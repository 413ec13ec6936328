"""EIN109 invalid-arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.axes import quoted
from einlint.callables import Kind
from einlint.calls import Call
from einlint.findings import Report
from einlint.registry import rule
from einlint.rules.swapped_arguments import is_string


@rule("EIN109", "invalid-arguments", subject=Call)
def invalid_arguments(call: Call) -> Iterator[Report]:
    """Arguments are missing, given twice, or not taken by the function."""
    for node, message in call.misuse:
        yield Report(call.source.span(node), message)
    if not call.complete or call.misuse:
        return
    signature = call.callee.signature
    required = signature.parameters[: signature.required]
    missing = [name for name in required if name not in call.arguments and signature.keywords is not None]
    if missing == ["pattern"] and any(map(is_string, call.tensors)):
        yield Report(call.span, f"`{call.callee.name}` needs a tensor before its pattern")
    elif missing:
        yield Report(call.span, f"`{call.callee.name}` needs {quoted(missing)}")
    elif _lacks_operands(call):
        yield Report(call.span, f"`{call.callee.name}` needs at least one tensor besides its pattern")
    elif _is_no_text(call.pattern_node):
        assert call.pattern_node is not None
        given = ast.unparse(call.pattern_node)
        message = f"the pattern of `{call.callee.name}` must be a string, not `{given}`"
        yield Report(call.source.span(call.pattern_node), message)


def _lacks_operands(call: Call) -> bool:
    return call.callee.kind in (Kind.EINSUM, Kind.EQUATION) and call.operands_known and not call.operands


def _is_no_text(node: ast.expr | None) -> bool:
    """Whether a pattern is a literal of another type; sublists let an einsum begin with any operand."""
    return isinstance(node, ast.Constant) and not isinstance(node.value, str)
