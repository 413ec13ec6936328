"""Which library the tensors of a call are of."""

from __future__ import annotations

import ast
from typing import Literal

from einlint.callables import Kind
from einlint.names import BindingKind, parameters
from einlint.resolution import Dotted
from einlint.rewrites.libraries import agreed, by_annotation, by_method, imported_roots, root_of
from einlint.rewrites.rewrite import Refusal
from einlint.rewrites.surroundings import Site, assigned
from einlint.rewrites.usage import by_neighbours, by_use

Framework = Literal["torch", "numpy"]


def framework_of(site: Site) -> Framework:
    """The library of a call. Raises Refusal where nothing says which it is, or that it is neither torch nor numpy."""
    ways = (_by_name, _by_imports, _by_class, _by_operand, by_use, by_neighbours)
    found = next((library for way in ways if (library := way(site)) is not None), None)
    if found == "torch":
        return "torch"
    if found == "numpy":
        return "numpy"
    raise Refusal(f"its tensors are of {found}" if found else "nothing says which library its tensors are of")


def _by_name(site: Site) -> str | None:
    """What the name of the function or layer says."""
    call = site.call
    referent = site.file.finder.resolve(call.node.func, call.scope)
    name = referent.name if isinstance(referent, Dotted) else ""
    if name.startswith("einops.layers."):
        return name.split(".")[2]
    return name.partition(".")[0] if call.callee.kind is Kind.EQUATION and name else None


def _by_imports(site: Site) -> str | None:
    """The one library of tensors that the file imports."""
    roots = imported_roots(site)
    return next(iter(roots)) if len(roots) == 1 else None


def _by_class(site: Site) -> str | None:
    """torch in a class that derives from a module of torch."""
    for node in site.file.ancestors(site.call.node):
        if isinstance(node, ast.ClassDef):
            return "torch" if _derives(site, node, set()) else None
    return None


def _derives(site: Site, node: ast.ClassDef, seen: set[ast.ClassDef]) -> bool:
    """Whether a class derives from one of torch, through classes of the file."""
    classes = [each for each in site.file.source.tree.body if isinstance(each, ast.ClassDef)]
    seen.add(node)
    for base in node.bases:
        own = [each for each in classes if isinstance(base, ast.Name) and each.name == base.id]
        if root_of(site, base) == "torch" or len(own) == 1 and own[0] not in seen and _derives(site, own[0], seen):
            return True
    return False


def _by_operand(site: Site) -> str | None:
    """What the first tensor is annotated, assigned or computed as: einops goes by that, whatever the others are."""
    listed = site.call.arguments.get("tensors")
    operands = site.call.tensors if listed is None else (listed,)
    first = operands[0] if operands else None
    if isinstance(first, (ast.List, ast.Tuple)):
        first = first.elts[0] if first.elts else None
    return None if first is None else _of(site, first)


def _of(site: Site, node: ast.expr, depth: int = 3) -> str | None:
    """The library of the tensor that an expression gives."""
    match node:
        case ast.Name() if depth:
            return _of_name(site, node.id, depth)
        case ast.Call(func=ast.Attribute(attr="numpy"), args=[], keywords=[]):
            return "numpy"
        case ast.Call(func=function):
            return root_of(site, function) or by_method(site, function)
        case ast.Subscript(slice=ast.Constant(value=str())):
            return None
        case ast.Subscript(value=value) | ast.UnaryOp(operand=value):
            return _of(site, value, depth)
        case ast.BinOp(left=ast.Constant(), right=value) | ast.BinOp(left=value, right=ast.Constant()):
            return _of(site, value, depth)
        case ast.BinOp(left=left, right=right):  # a number of numpy times a tensor of torch is a tensor
            found = _of(site, left, depth)
            return found if found == _of(site, right, depth) else None
    return None


def _of_name(site: Site, name: str, depth: int) -> str | None:
    last = assigned(site.file, site.file.statement(site.call.node), name)
    if last is not None:
        return _of(site, last, depth - 1)
    bindings = site.call.scope.bindings.get(name, [])
    values = [binding.value for binding in bindings if binding.kind is BindingKind.VALUE and binding.value is not None]
    found = [_of(site, value, depth - 1) for value in values]
    others = len(bindings) - len(values)
    annotation = _annotation(site, name)
    if annotation is not None and others <= 1:
        found.append(by_annotation(site, annotation))
    elif others:
        return None
    return None if None in found else agreed(found)


def _annotation(site: Site, name: str) -> ast.expr | None:
    """How the function annotates its argument of a name."""
    function = site.file.function(site.call.node)
    while isinstance(function, ast.Lambda):
        function = site.file.function(function)
    if function is None:
        return None
    arguments = parameters(function.args)
    return next((each.annotation for each in arguments if each.arg == name), None)
