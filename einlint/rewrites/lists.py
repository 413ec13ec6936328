"""Whether an operand is a list of tensors, which einops stacks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress

from einlint.callables import Kind
from einlint.names import BindingKind, last_name, parameters
from einlint.rewrites.rewrite import Refusal
from einlint.rewrites.surroundings import Site, assigned

_LISTS = frozenset({"List", "list"})
_MAYBE_LISTS = frozenset({"Collection", "Iterable", "MutableSequence", "Sequence"})


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
    if owner is site.call.scope:
        bindings = [each for each in bindings if each.value is None or _may_come_before(site, each.value)]
    kinds = [b.kind is BindingKind.VALUE and b.value is not None and _makes_list(site, b.value) for b in bindings]
    if any(kinds) and not all(kinds):
        raise Refusal(f"`{node.id}` is a list in some places and not in others")
    return any(kinds)


def _may_come_before(site: Site, value: ast.expr) -> bool:
    """Whether a value of the same function may be evaluated before the call: it stands there, or in a loop with it."""
    if value.lineno <= site.call.node.lineno:
        return True
    loops = (
        each for each in site.file.ancestors(site.call.node) if isinstance(each, (ast.For, ast.AsyncFor, ast.While))
    )
    return any(node is value for loop in loops for node in ast.walk(loop))


def _makes_list(site: Site, node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("list", "sorted") and site.file.finder.resolve(node.func, site.call.scope) is None
    if isinstance(node, ast.BinOp):
        return _makes_list(site, node.left) or _makes_list(site, node.right)
    return isinstance(node, (ast.List, ast.ListComp))


def _annotated(site: Site, name: str) -> bool:
    """Whether a parameter or a variable is annotated as a list. Raises Refusal where it may be one."""
    types = {each for annotation in _annotations(site, name) for each in _types(annotation)} - {"None", ""}
    if types and types <= _LISTS:
        return True
    if types & (_LISTS | _MAYBE_LISTS):
        raise Refusal(f"`{name}` may be a list: it is annotated so")
    return False


def _annotations(site: Site, name: str) -> Iterator[ast.expr]:
    """Those of a name, of the function, or the module, that it belongs to."""
    function = site.file.finder.names.nodes.get(id(site.call.scope.owner(name)))
    if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield from (each.annotation for each in parameters(function.args) if each.arg == name and each.annotation)
    nodes = (each for each in ast.walk(function or site.file.finder.source.tree) if isinstance(each, ast.AnnAssign))
    own = (each for each in nodes if function is None or site.file.function(each) is function)
    yield from (each.annotation for each in own if isinstance(each.target, ast.Name) and each.target.id == name)


def _types(annotation: ast.expr) -> Iterator[str]:
    """The types that an annotation allows, by the last parts of their names."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        with suppress(SyntaxError, ValueError):
            yield from _types(ast.parse(annotation.value, mode="eval").body)
    elif isinstance(annotation, ast.BinOp):
        yield from _types(annotation.left)
        yield from _types(annotation.right)
    elif isinstance(annotation, ast.Subscript):
        name, inside = last_name(annotation.value), annotation.slice
        if name in ("Annotated", "Optional", "Union"):
            for each in inside.elts if isinstance(inside, ast.Tuple) else [inside]:
                yield from _types(each)
        else:
            yield name
    else:
        yield last_name(annotation)


def packed(site: Site, node: ast.expr) -> bool:
    """Whether packed shapes come from a `pack`, so that no -1 is among them."""
    owner = site.call.scope.owner(node.id) if isinstance(node, ast.Name) else None
    bindings = owner.bindings[node.id] if owner is not None and isinstance(node, ast.Name) else []
    return bool(bindings) and all(
        binding.kind is BindingKind.ELEMENT
        and binding.index == 1
        and _is_pack(site, binding.value)
        or binding.kind is BindingKind.VALUE
        and _are_shapes(binding.value)
        for binding in bindings
    )


def _is_pack(site: Site, node: ast.expr | None) -> bool:
    call = site.file.finder.call_of(node) if isinstance(node, ast.Call) else None
    return call is not None and call.callee.kind is Kind.PACK


def _are_shapes(node: ast.expr | None) -> bool:
    """Whether a list holds shapes only, as that of a `pack` that was rewritten."""
    if isinstance(node, ast.ListComp):
        return _is_shape(node.elt)
    return isinstance(node, ast.List) and all(map(_is_shape, node.elts))


def _is_shape(node: ast.expr) -> bool:
    value = node.value if isinstance(node, ast.Subscript) else node
    return isinstance(value, ast.Attribute) and value.attr == "shape"
