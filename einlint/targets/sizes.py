"""Lengths that are computed from the size of a tensor in a way that an exporter does not follow."""

from __future__ import annotations

import ast
from typing import NamedTuple

from einlint.calls import CallFinder
from einlint.names import BindingKind, Scope, last_name
from einlint.resolution import Dotted

_DEEPEST = 6
_MATH = frozenset({"sqrt", "isqrt", "ceil", "floor"})
_CHOOSE = ("min", "max")
NEGATIVE = "-n // k"
"""What the table of targets calls the floor of a negative quotient."""


class Baked(NamedTuple):
    """A computation that may become a constant of the graph. `how` is what the table of targets calls it."""

    node: ast.expr
    how: str


def baked(node: ast.expr, scope: Scope, finder: CallFinder, tensors: frozenset[str], depth: int = 0) -> Baked | None:
    """The first such computation that a length depends on; `tensors` are the names that are known to be tensors."""
    if depth > _DEEPEST:
        return None
    if isinstance(node, ast.Call):
        found = _how(node, scope, finder, tensors)
        return Baked(node, found) if found else None
    if isinstance(node, ast.Name):
        value = _value(node, scope)
        return None if value is None else baked(value, scope, finder, tensors, depth + 1)
    if is_negative_floor(node, scope):
        return Baked(node, NEGATIVE)
    for operand in _operands(node):
        inner = baked(operand, scope, finder, tensors, depth + 1)
        if inner is not None:
            return inner
    return None


def is_negative_floor(node: ast.expr, scope: Scope) -> bool:
    """Whether it is `-n // k` or `-(-n // k)`: the floor of a quotient that is certainly negative, of a size."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return isinstance(node.operand, ast.BinOp) and is_negative_floor(node.operand, scope)
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.FloorDiv):
        return False
    left = node.left
    return isinstance(left, ast.UnaryOp) and isinstance(left.op, ast.USub) and is_size(left.operand, scope)


def _how(node: ast.Call, scope: Scope, finder: CallFinder, tensors: frozenset[str]) -> str:
    if _called(node, scope, finder) in _CHOOSE and len(node.args) > 1:
        return node.func.id if any(depends_on_size(arg, scope) for arg in node.args) else ""  # type: ignore[attr-defined]
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        return ""
    argument, name = node.args[0], _called(node, scope, finder)
    if name == "len":
        return "len" if isinstance(argument, ast.Name) and argument.id in tensors else ""
    if name in ("int", "round"):
        inner = baked(argument, scope, finder, tensors, 1)
        if inner is not None and inner.how != "math.ceil":
            return inner.how
        if not depends_on_size(argument, scope):
            return ""
        return "round" if name == "round" else "int" if is_size(argument, scope) else "int(...)"
    module, _, function = name.rpartition(".")
    if name == "torch.sym_int" and depends_on_size(argument, scope):
        return name
    if module in ("math", "numpy") and function in _MATH and depends_on_size(argument, scope):
        return f"math.{function}" if module == "math" else "numpy"
    return ""


def _called(node: ast.Call, scope: Scope, finder: CallFinder) -> str:
    """`len`, `math.sqrt`: what is called, empty where it is something else."""
    if isinstance(node.func, ast.Name) and scope.owner(node.func.id) is None:
        return node.func.id
    referent = finder.resolve(node.func, scope)
    return referent.name if isinstance(referent, Dotted) else ""


def is_size(node: ast.expr, scope: Scope, depth: int = 0) -> bool:
    """Whether an expression is the size of one dimension of something: `x.shape[0]`, `x.size(0)`, an unpacked name."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "size" and len(node.args) == 1
    if not isinstance(node, ast.Name) or depth > _DEEPEST:
        return False
    owner = scope.owner(node.id)
    bindings = [] if owner is None else owner.bindings[node.id]
    if len(bindings) != 1 or bindings[0].value is None:
        return False
    if bindings[0].kind is BindingKind.ELEMENT:
        return last_name(bindings[0].value) == "shape" or _is_whole_size(bindings[0].value)
    return bindings[0].kind is BindingKind.VALUE and is_size(bindings[0].value, scope, depth + 1)


def depends_on_size(node: ast.expr, scope: Scope, depth: int = 0) -> bool:
    """Whether a number is computed from the size of a dimension by arithmetic."""
    if is_size(node, scope):
        return True
    if isinstance(node, ast.Name) and depth < _DEEPEST:
        value = _value(node, scope)
        return value is not None and depends_on_size(value, scope, depth + 1)
    return any(depends_on_size(operand, scope, depth + 1) for operand in _operands(node))


def _operands(node: ast.expr) -> tuple[ast.expr, ...]:
    if isinstance(node, ast.BinOp):
        return node.left, node.right
    return (node.operand,) if isinstance(node, ast.UnaryOp) else ()


def _is_whole_size(node: ast.expr) -> bool:
    """`x.size()`."""
    return isinstance(node, ast.Call) and last_name(node.func) == "size" and not node.args


def _value(node: ast.Name, scope: Scope) -> ast.expr | None:
    """What a local name stands for, where it is assigned once."""
    owner = scope.owner(node.id)
    bindings = [] if owner is None or owner.parent is None else owner.bindings[node.id]
    return bindings[0].value if len(bindings) == 1 and bindings[0].kind is BindingKind.VALUE else None
