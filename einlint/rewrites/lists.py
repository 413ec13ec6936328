"""Whether an operand is a list of tensors, which einops stacks."""

from __future__ import annotations

import ast

from einlint.names import BindingKind, last_name
from einlint.rewrites.rewrite import Refusal
from einlint.rewrites.surroundings import Site, assigned

_LISTS = frozenset({"List", "list"})


def is_list(site: Site, node: ast.expr) -> bool:
    """True for a list, False for what nothing says is one. Raises Refusal where a name is one at times."""
    if not isinstance(node, ast.Name):
        return _makes_list(site, node)
    if _annotated(site, node.id):
        return True
    last = assigned(site.file, site.file.statement(site.call.node), node.id)
    if last is not None:
        return _makes_list(site, last)
    owner = site.call.scope.owner(node.id)
    bindings = owner.bindings[node.id] if owner is not None else []
    kinds = [b.kind is BindingKind.VALUE and b.value is not None and _makes_list(site, b.value) for b in bindings]
    if any(kinds) and not all(kinds):
        raise Refusal(f"`{node.id}` is a list in some places and not in others")
    return any(kinds)


def _makes_list(site: Site, node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("list", "sorted") and site.file.finder.resolve(node.func, site.call.scope) is None
    if isinstance(node, ast.BinOp):
        return _makes_list(site, node.left) or _makes_list(site, node.right)
    return isinstance(node, (ast.List, ast.ListComp))


def _annotated(site: Site, name: str) -> bool:
    function = site.file.function(site.call.node)
    if function is None or isinstance(function, ast.Lambda):
        return False
    arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    found = [each.annotation for each in arguments if each.arg == name and each.annotation is not None]
    return bool(found) and isinstance(found[0], ast.Subscript) and last_name(found[0].value) in _LISTS
