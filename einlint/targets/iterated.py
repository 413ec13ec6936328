"""Tensors that are taken apart along their first dimension, to be stacked again."""

from __future__ import annotations

import ast

from einlint.names import Scope, last_name


def iterated(node: ast.expr, scope: Scope) -> ast.expr | None:
    """`x` of `list(x)`, `[*x]`, `[f(t) for t in x]`, `[f(x[i]) for i in range(len(x))]`, and of x.unbind() for x."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        is_list = isinstance(node.func, ast.Name) and node.func.id == "list" and scope.owner("list") is None
        return _unbound(node.args[0]) if is_list else None
    if isinstance(node, ast.List) and len(node.elts) == 1 and isinstance(node.elts[0], ast.Starred):
        return _unbound(node.elts[0].value)
    if isinstance(node, ast.ListComp) and len(node.generators) == 1 and not node.generators[0].ifs:
        sequence = node.generators[0].iter
        return _counted(sequence) or _unbound(sequence)
    return None


def is_whole(node: ast.expr, tensor: ast.expr) -> bool:
    """Whether the elements are those of the tensor as they are, in their order."""
    if not isinstance(node, ast.ListComp):
        return True
    target, element = node.generators[0].target, node.elt
    if not isinstance(target, ast.Name):
        return False
    if _counted(node.generators[0].iter) is None:
        return isinstance(element, ast.Name) and element.id == target.id
    return (
        isinstance(element, ast.Subscript)
        and isinstance(element.slice, ast.Name)
        and element.slice.id == target.id
        and ast.dump(element.value) == ast.dump(tensor)
    )


def _unbound(node: ast.expr) -> ast.expr:
    """`x` of `x.unbind()`, `x.unbind(0)` and `torch.unbind(x)`; the expression itself of anything else."""
    if not isinstance(node, ast.Call) or last_name(node.func) != "unbind" or node.keywords:
        return node
    arguments = list(node.args)
    if isinstance(node.func, ast.Attribute) and not (arguments and last_name(node.func.value) == "torch"):
        arguments.insert(0, node.func.value)
    first = len(arguments) == 1 or len(arguments) == 2 and getattr(arguments[1], "value", None) == 0
    return arguments[0] if first and arguments else node


def _counted(node: ast.expr) -> ast.expr | None:
    """`x` of `range(len(x))`, `range(x.shape[0])` and `range(x.size(0))`."""
    if not isinstance(node, ast.Call) or last_name(node.func) != "range" or len(node.args) != 1:
        return None
    length = node.args[0]
    if isinstance(length, ast.Call) and len(length.args) == 1 and last_name(length.func) == "len":
        return length.args[0]
    if isinstance(length, ast.Subscript) and getattr(length.slice, "value", None) == 0:
        return length.value.value if isinstance(length.value, ast.Attribute) and length.value.attr == "shape" else None
    if isinstance(length, ast.Call) and isinstance(length.func, ast.Attribute) and length.func.attr == "size":
        return length.func.value if len(length.args) == 1 and getattr(length.args[0], "value", None) == 0 else None
    return None
