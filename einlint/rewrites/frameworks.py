"""Which library the tensors of a call are of."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Literal

from einlint.callables import Kind
from einlint.names import BindingKind, parameters
from einlint.resolution import Dotted
from einlint.rewrites.rewrite import Refusal
from einlint.rewrites.surroundings import Site, assigned

Framework = Literal["torch", "numpy"]
_FRAMEWORKS = frozenset("torch numpy jax tensorflow mlx cupy keras paddle oneflow mindspore dask tinygrad".split())
_OF_TORCH = frozenset(
    "permute unsqueeze contiguous expand expand_as chunk unbind unflatten masked_fill detach cuda float half double "
    "long to".split()
)
"""Methods of tensors that no array of numpy, JAX, CuPy or TensorFlow has."""
_OF_TENSORS = frozenset(
    "cat concat stack hstack vstack dstack matmul mm bmm einsum where clamp softmax sigmoid tanh exp log sqrt abs sum "
    "mean amax amin cumsum".split()
)
"""Functions of torch that take its tensors and no arrays of another library."""
_LIKE_NUMPY = frozenset({"torch", "numpy", "jax", "tensorflow", "cupy"})
_READERS = frozenset({"load", "hub", "utils"})
"""What torch and numpy read from files may be anything."""


def framework_of(site: Site) -> Framework:
    """The library of a call. Raises Refusal where nothing says which it is, or that it is neither torch nor numpy."""
    found = _by_name(site) or _by_imports(site) or _by_class(site) or _by_operand(site) or _by_use(site)
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
            return "torch" if _derives(site, node, set()) else None
    return None


def _derives(site: Site, node: ast.ClassDef, seen: set[ast.ClassDef]) -> bool:
    """Whether a class derives from one of torch, through classes of the file."""
    classes = [each for each in site.file.source.tree.body if isinstance(each, ast.ClassDef)]
    seen.add(node)
    for base in node.bases:
        own = [each for each in classes if isinstance(base, ast.Name) and each.name == base.id]
        if _root(site, base) == "torch" or len(own) == 1 and own[0] not in seen and _derives(site, own[0], seen):
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


def _by_use(site: Site) -> str | None:
    """What is done with the result, which is of the library of its operands."""
    if site.call.callee.kind not in (Kind.REARRANGE, Kind.REDUCE, Kind.REPEAT, Kind.EINSUM):
        return None
    node: ast.AST = site.call.node
    parent = site.file.parents[node]
    if isinstance(parent, (ast.List, ast.Tuple)):
        node, parent = parent, site.file.parents[parent]
        if not isinstance(parent, ast.Call):
            return None
    match parent:
        case ast.Attribute() if isinstance(call := site.file.parents[parent], ast.Call) and call.func is parent:
            return _by_method(site, parent)
        case ast.Call(func=function, args=[first, *_]) if first is node:
            return "torch" if _takes_tensors(site, function) else None
        case ast.AnnAssign(annotation=annotation):
            return _by_annotation(site, annotation)
        case ast.Return():
            returns = getattr(site.file.function(parent), "returns", None)
            return None if returns is None else _by_annotation(site, returns)
    return None


def _takes_tensors(site: Site, function: ast.expr) -> bool:
    referent = site.file.finder.resolve(function, site.call.scope)
    module, _, name = (referent.name if isinstance(referent, Dotted) else "").rpartition(".")
    return module == "torch.nn.functional" or module == "torch" and name in _OF_TENSORS


def _by_annotation(site: Site, annotation: ast.expr) -> str | None:
    """The one library that an annotation names."""
    return _agreed(_root(site, part) for part in ast.walk(annotation) if isinstance(part, ast.expr))


def _agreed(found: Iterable[str | None]) -> str | None:
    """The one library that is found, whatever says nothing."""
    libraries = {each for each in found if each is not None}
    return libraries.pop() if len(libraries) == 1 else None


def _of(site: Site, node: ast.expr, depth: int = 3) -> str | None:
    """The library of the tensor that an expression gives."""
    match node:
        case ast.Name() if depth:
            return _of_name(site, node.id, depth)
        case ast.Call(func=function):
            return _root(site, function) or _by_method(site, function)
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


def _by_method(site: Site, function: ast.expr) -> str | None:
    """What a method tells among the libraries that the file imports."""
    roots = {name.partition(".")[0] for name in _imported(site.file.source.tree)} & _FRAMEWORKS
    name = function.attr if isinstance(function, ast.Attribute) else ""
    if name in _OF_TORCH and "torch" in roots and roots <= _LIKE_NUMPY:
        return "torch"
    return "numpy" if name == "astype" and roots == {"torch", "numpy"} else None


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
        found.append(_by_annotation(site, annotation))
    elif others:
        return None
    return None if None in found else _agreed(found)


def _annotation(site: Site, name: str) -> ast.expr | None:
    """How the function annotates its argument of a name."""
    function = site.file.function(site.call.node)
    while isinstance(function, ast.Lambda):
        function = site.file.function(function)
    if function is None:
        return None
    arguments = parameters(function.args)
    return next((each.annotation for each in arguments if each.arg == name), None)


def _root(site: Site, node: ast.expr) -> str | None:
    """The library that a name is of, where it is one of tensors."""
    referent = site.file.finder.resolve(node, site.call.scope) if isinstance(node, (ast.Name, ast.Attribute)) else None
    parts = referent.name.split(".") if isinstance(referent, Dotted) else [""]
    return parts[0] if parts[0] in _FRAMEWORKS and not (set(parts[1:]) & _READERS) else None
