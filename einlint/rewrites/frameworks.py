"""Which library the tensors of a call are of."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal

from einlint.callables import Kind
from einlint.names import BindingKind
from einlint.resolution import Dotted
from einlint.rewrites.rewrite import Refusal
from einlint.rewrites.surroundings import Site, assigned

Framework = Literal["torch", "numpy"]
_FRAMEWORKS = frozenset("torch numpy jax tensorflow mlx cupy keras paddle oneflow mindspore dask tinygrad".split())


def framework_of(site: Site) -> Framework:
    """The library of a call. Raises Refusal where nothing says which it is, or that it is neither torch nor numpy."""
    found = _by_name(site) or _by_imports(site) or _by_class(site) or _by_operand(site)
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
    roots = {name.partition(".")[0] for name in _imported(site.file.source.tree)} & _FRAMEWORKS
    return next(iter(roots)) if len(roots) == 1 else None


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def _by_class(site: Site) -> str | None:
    """torch in a class that derives from a module of torch."""
    for node in site.file.ancestors(site.call.node):
        if isinstance(node, ast.ClassDef):
            found = [_root(site, base) for base in node.bases]
            return "torch" if "torch" in found else None
    return None


def _by_operand(site: Site) -> str | None:
    """What the first operand is annotated or assigned as, where all of that says the same."""
    operand = site.call.tensors[0] if site.call.tensors else None
    if not isinstance(operand, ast.Name):
        return _root(site, operand.func) if isinstance(operand, ast.Call) else None
    function = site.file.function(site.call.node)
    while isinstance(function, ast.Lambda):
        function = site.file.function(function)
    if function is not None:
        for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
            if argument.arg == operand.id and argument.annotation is not None:
                return _root(site, argument.annotation)
    last = assigned(site.file, site.file.statement(site.call.node), operand.id)
    if isinstance(last, ast.Call):
        return _root(site, last.func)
    bindings = site.call.scope.bindings.get(operand.id, [])
    values = [binding.value for binding in bindings if binding.kind is BindingKind.VALUE]
    found = {_root(site, value.func) for value in values if isinstance(value, ast.Call)} - {None}
    return found.pop() if len(found) == 1 and len(values) == len(bindings) else None


def _root(site: Site, node: ast.expr) -> str | None:
    """The library that a name is of, where it is one of tensors."""
    if isinstance(node, ast.Subscript):
        node = node.value
    referent = site.file.finder.resolve(node, site.call.scope) if isinstance(node, (ast.Name, ast.Attribute)) else None
    root = referent.name.partition(".")[0] if isinstance(referent, Dotted) else ""
    return root if root in _FRAMEWORKS else None
