"""Axes written as Python expressions: `TensorType["b", 3]`, `Tensor[B, N * 2, *S]`, `("b", "n")`."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from einlint.claims.lookups import Lookups
from einlint.claims.model import ClaimedAxis
from einlint.claims.sizes import NotASize, read_size
from einlint.claims.strings import Axes, once_variadic
from einlint.dimensions import Dim, dim

_TYPE_VARIABLES = frozenset("TypeVar TypeVarTuple NewType ParamSpec".split())
_ANY = frozenset("int Any typing.Any builtins.int".split())
_LITERAL = frozenset("Literal typing.Literal typing_extensions.Literal".split())


def torchtyping_axes(items: Sequence[ast.expr], names: Lookups) -> Axes | None:
    """The axes of `TensorType["b", ..., "c": 3, -1]`; what is no axis there is left out."""
    kept = [item for item in items if not (names.lookup(item) or "").startswith(("torch.", "torchtyping."))]
    return once_variadic([_torchtyping_axis(item, names) for item in kept])


def _torchtyping_axis(node: ast.expr, names: Lookups) -> ClaimedAxis | None:
    if not isinstance(node, ast.Slice):
        return _axis(node, names)
    label, size = node.lower, node.upper
    if not isinstance(label, ast.Constant) or not isinstance(label.value, str) or size is None or node.step:
        return None
    inner = _axis(size, names)
    if inner is None or (inner.name and inner.size is None):
        return None
    return ClaimedAxis(label.value, inner.size, inner.variadic, False, ast.unparse(node))


def subscript_axes(items: Sequence[ast.expr], names: Lookups) -> Axes | None:
    """The axes that all items name; None when one of them is no axis."""
    return once_variadic([_axis(item, names) for item in items])


def _axis(node: ast.expr, names: Lookups) -> ClaimedAxis | None:
    text = ast.unparse(node)
    if isinstance(node, ast.Starred) and isinstance(node.value, ast.Name):
        return ClaimedAxis(node.value.id, None, True, False, text)
    if isinstance(node, ast.Constant):
        return _constant(node.value, text)
    if isinstance(node, ast.Name):
        return _variable(node, names)
    if isinstance(node, ast.Subscript) and (names.lookup(node.value) or ast.unparse(node.value)) in _LITERAL:
        return _constant(node.slice.value, text) if isinstance(node.slice, ast.Constant) else None
    if isinstance(node, ast.UnaryOp) and text == "-1":
        return ClaimedAxis("", None, False, False, text)
    if isinstance(node, ast.Attribute):
        return ClaimedAxis("", None, False, False, text) if names.lookup(node) in _ANY else None
    return _arithmetic(node, text)


def _constant(value: object, text: str) -> ClaimedAxis | None:
    if type(value) is int:
        return ClaimedAxis("", dim(value), False, False, text)
    if value is ...:
        return ClaimedAxis("", None, True, False, text)
    if value is None:
        return ClaimedAxis("", None, False, False, text)
    if isinstance(value, str) and value.isidentifier():
        return ClaimedAxis(value, None, False, False, text)
    return None


def _variable(node: ast.Name, names: Lookups) -> ClaimedAxis | None:
    """A type variable, a constant of the module, or a type that any length has."""
    if (names.lookup(node) or node.id) in _ANY:
        return ClaimedAxis("", None, False, False, node.id)
    assigned = names.alias(node.id)
    if isinstance(assigned, ast.Constant) and type(assigned.value) is int:
        return ClaimedAxis(node.id, dim(assigned.value), False, False, node.id)
    variable = isinstance(assigned, ast.Call) and ast.unparse(assigned.func).rpartition(".")[2] in _TYPE_VARIABLES
    known = (assigned is not None and not variable) or names.lookup(node) is not None
    return None if known else ClaimedAxis(node.id, None, False, False, node.id)


def _arithmetic(node: ast.expr, text: str) -> ClaimedAxis | None:
    if not isinstance(node, ast.BinOp):
        return None
    size: Dim | None
    try:
        size = read_size(text)
    except NotASize:
        return None
    return ClaimedAxis("", size, False, False, text)
