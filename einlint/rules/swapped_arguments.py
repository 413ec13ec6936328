"""EIN107 swapped-arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.callables import Kind
from einlint.calls import Call
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN107", "swapped-arguments", subject=Call)
def swapped_arguments(call: Call) -> Iterator[Report]:
    """A string stands where the function takes a tensor."""
    for node in call.tensors:
        if is_string(node) and call.pattern_node is not None:
            order = "the equation first" if call.callee.kind is Kind.EQUATION else "the pattern after the tensors"
            yield Report(call.source.span(node), f"a string is no tensor: `{call.callee.name}` takes {order}")


def is_string(node: ast.expr) -> bool:
    """Whether a node is a string whatever runs."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
