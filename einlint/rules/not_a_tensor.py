"""EIN111 not-a-tensor."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.callables import Kind
from einlint.calls import Call
from einlint.findings import Report
from einlint.registry import rule
from einlint.rules.swapped_arguments import is_string

_TAKE_LISTS = (Kind.REARRANGE, Kind.REDUCE, Kind.REPEAT)


@rule("EIN111", "not-a-tensor", subject=Call)
def not_a_tensor(call: Call) -> Iterator[Report]:
    """A literal stands where einops takes a tensor: a tuple of tensors, an empty list, a number."""
    kind, name = call.callee.kind, call.callee.name
    takes, lists = ("a tensor or a list of tensors", True) if kind in _TAKE_LISTS else ("a tensor", False)
    takes = "each tensor as an argument of its own" if kind is Kind.EINSUM else takes
    for node in call.tensors if kind is not Kind.EQUATION else ():
        what = _what(node, lists)
        if what is not None:
            yield Report(call.source.span(node), f"`{name}` takes {takes}, not {what}")
    packed = call.arguments.get("tensors")
    if isinstance(packed, (ast.List, ast.Tuple)) and not packed.elts:
        yield Report(call.source.span(packed), f"`{name}` needs at least one tensor")


def _what(node: ast.expr, lists: bool) -> str | None:
    """What a literal is when it is no tensor, or list of tensors; strings have a rule of their own."""
    if isinstance(node, ast.Tuple):
        return "a tuple"
    if isinstance(node, (ast.List, ast.ListComp)) and not lists:
        return "a list"
    if isinstance(node, ast.List):
        return _what_list(node)
    if isinstance(node, (ast.Dict, ast.DictComp)):
        return "a dictionary"
    if isinstance(node, (ast.Set, ast.SetComp)):
        return "a set"
    if isinstance(node, ast.GeneratorExp):
        return "a generator"
    if isinstance(node, ast.Lambda):
        return "a function"
    return f"`{node.value!r}`" if isinstance(node, ast.Constant) and not is_string(node) else None


def _what_list(node: ast.List) -> str | None:
    """What a list is when its first element, which decides how einops stacks it, is no tensor."""
    if not node.elts:
        return "an empty list"
    first = _what(node.elts[0], lists=False)
    return f"a list that begins with {first}" if first else None
