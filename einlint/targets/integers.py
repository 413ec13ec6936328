"""Whether an expression is certainly an integer, or one that is not negative, wherever it is evaluated."""

from __future__ import annotations

import ast
from collections.abc import Callable

from einlint.calls import CallFinder
from einlint.names import BindingKind, Scope
from einlint.targets.annotations import is_annotated
from einlint.targets.sizes import is_size

_DEEPEST = 6
_CLOSED = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod)
"""Operators of which two integers give an integer; all but the second give one that is not negative, too."""


def is_integer(node: ast.expr, scope: Scope, finder: CallFinder, depth: int = 0) -> bool:
    """Whether it is a number that `int` leaves as it is."""

    def inner(part: ast.expr) -> bool:
        return is_integer(part, scope, finder, depth + 1)

    if depth > _DEEPEST:
        return False
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        return inner(node.operand)
    if isinstance(node, ast.BinOp) and isinstance(node.op, _CLOSED):
        return inner(node.left) and inner(node.right)
    if isinstance(node, ast.Name) and is_annotated(node.id, scope, finder, "int"):
        return True
    return _known(node, scope, inner, least=None)


def is_natural(node: ast.expr, scope: Scope, finder: CallFinder, depth: int = 0) -> bool:
    """Whether it is an integer of 0 or more."""

    def inner(part: ast.expr) -> bool:
        return is_natural(part, scope, finder, depth + 1)

    if depth > _DEEPEST:
        return False
    if isinstance(node, ast.BinOp) and isinstance(node.op, _CLOSED) and not isinstance(node.op, ast.Sub):
        return inner(node.left) and inner(node.right)
    return _known(node, scope, inner, least=0)


def _known(node: ast.expr, scope: Scope, inner: Callable[[ast.expr], bool], least: int | None) -> bool:
    """A constant, a size, the length of something, or a name of what is one."""
    if isinstance(node, ast.Constant):
        return type(node.value) is int and (least is None or node.value >= least)
    if is_size(node, scope):
        return True
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "len" and scope.owner("len") is None
    if not isinstance(node, ast.Name):
        return False
    owner = scope.owner(node.id)
    bindings = [] if owner is None or owner.parent is None else owner.bindings[node.id]
    value = bindings[0].value if len(bindings) == 1 and bindings[0].kind is BindingKind.VALUE else None
    return value is not None and inner(value)
