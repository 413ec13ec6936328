"""The type that an expression gives its elements, where it is written there."""

from __future__ import annotations

import ast

from einlint.calls import CallFinder
from einlint.names import BindingKind, Scope
from einlint.resolution import Dotted

_DEEPEST = 6
_METHODS = {
    "bool": "bool", "int": "int32", "long": "int64", "short": "int16", "char": "int8", "byte": "uint8",
    "half": "float16", "bfloat16": "bfloat16", "float": "float32", "double": "float64",
}  # fmt: skip
_NAMES = {**_METHODS, "cfloat": "complex64", "cdouble": "complex128"}
_CONVERTS = frozenset({"to", "type"})
_ALIKE = frozenset(
    """contiguous clone detach view reshape permute transpose unsqueeze squeeze flatten unflatten expand t mT cuda
    cpu""".split()
)
"""Methods and attributes that keep the type of their tensor."""


def dtype_of(node: ast.expr, scope: Scope, finder: CallFinder, depth: int = 0) -> str:
    """`int32` of `x.int()` and of `x.to(torch.int32)`; empty where the expression does not tell."""
    if depth > _DEEPEST:
        return ""
    if isinstance(node, ast.Compare):
        return "bool" if not isinstance(node.ops[0], (ast.In, ast.NotIn, ast.Is, ast.IsNot)) else ""
    if isinstance(node, ast.Name):
        owner = scope.owner(node.id)
        bindings = [] if owner is None or owner.parent is None else owner.bindings[node.id]
        value = bindings[0].value if len(bindings) == 1 and bindings[0].kind is BindingKind.VALUE else None
        return "" if value is None else dtype_of(value, scope, finder, depth + 1)
    if isinstance(node, ast.Attribute):
        return dtype_of(node.value, scope, finder, depth + 1) if node.attr in ("T", "mT") else ""
    return _of_call(node, scope, finder, depth) if isinstance(node, ast.Call) else ""


def _of_call(node: ast.Call, scope: Scope, finder: CallFinder, depth: int) -> str:
    written = next((k.value for k in node.keywords if k.arg == "dtype"), None)
    if written is not None:
        return _named(written, scope, finder)
    if not isinstance(node.func, ast.Attribute):
        return ""
    method = node.func.attr
    if method in _METHODS and not node.args:
        return _METHODS[method]
    if method in _CONVERTS and node.args:
        return _named(node.args[0], scope, finder)
    return dtype_of(node.func.value, scope, finder, depth + 1) if method in _ALIKE else ""


def _named(node: ast.expr, scope: Scope, finder: CallFinder) -> str:
    """`int32` of `torch.int32` and of `torch.int`."""
    referent = finder.resolve(node, scope)
    module, _, name = referent.name.rpartition(".") if isinstance(referent, Dotted) else ("", "", "")
    return _NAMES.get(name, name) if module == "torch" else ""
