"""Methods of tensors, of lists and of other values of libraries."""

from __future__ import annotations

import ast
from typing import Any

from einlint.dimensions import Dim
from einlint.lazily import replace
from einlint.operations.layers import Layer
from einlint.shapes.afar import RESHAPES
from einlint.shapes.classes import REGISTERS, set_attribute
from einlint.shapes.dispatch import CALLABLES, unknown_call, value_of
from einlint.shapes.library import operands_of, plain_arguments, writes
from einlint.shapes.many import unbound
from einlint.shapes.memory import joined
from einlint.shapes.objects import UPDATED, Hole, Instance, Known, Library, Listing, Method, as_python, forget
from einlint.shapes.run import MOST_PARTS, Foreign, Run
from einlint.shapes.unknown_tensors import call_of_hole

_DIFFERENT = frozenset(
    """repeat max min sort argsort take split dot nonzero std var size view swapaxes sum mean prod all any cumsum
    flatten squeeze""".split()
)
"""Methods that torch and numpy have both, and that differ."""
_OF_TORCH = frozenset("permute unsqueeze contiguous expand expand_as chunk unbind unflatten masked_fill".split())
"""Methods that no array of numpy, JAX or TensorFlow has."""


def _method(run: Run, method: Method, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    receiver = run.memory.present(method.receiver)
    if method.name == UPDATED:
        return receiver
    if isinstance(receiver, Known):
        return _tensor_method(run, receiver, method.name, args, kwargs, node)
    if isinstance(receiver, Hole):
        return call_of_hole(run, receiver, method.name, args, kwargs, node)
    if isinstance(receiver, Listing):
        return _list_method(run, receiver, method.name, args)
    if isinstance(receiver, Instance) and method.name in REGISTERS and len(args) > 1 and isinstance(args[0], str):
        return set_attribute(run, receiver, args[0], Hole(args[0]) if args[1] is None else args[1])
    if isinstance(receiver, Instance):
        run.memory.forget_attributes(receiver)
        return unknown_call(run, args, kwargs)
    if isinstance(receiver, Layer) and method.name.startswith("register"):
        run.changed.append(receiver)
    if isinstance(receiver, dict) and method.name in ("values", "keys", "items", "get"):
        return Listing(list(receiver.values())) if method.name == "values" else Hole()
    forget(receiver)
    return unknown_call(run, args, kwargs)


def _list_method(run: Run, listing: Listing, name: str, args: list[Any]) -> Any:
    """`append` to a list that is built in a straight line, or in a loop or branch."""
    if name == "append" and len(args) == 1:
        if listing.items is not None and not (run.nesting or run.unsure) and len(listing.items) < MOST_PARTS:
            listing.items.append(args[0])
            return None
        for each in (*(listing.items or ()), args[0]):
            listing.element = each if listing.element is None else joined(listing.element, each)
        listing.items = None
        return None
    listing.forget()
    return Hole()


def _tensor_method(
    run: Run, receiver: Known, name: str, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None
) -> Any:
    if node is None:
        return Hole()
    if name == "size" and not kwargs and len(args) <= 1:
        sizes = tuple(map(as_python, receiver.shape))
        if not args:
            return sizes
        return sizes[args[0]] if type(args[0]) is int and -len(sizes) <= args[0] < len(sizes) else Hole()
    if name in ("dim", "ndimension"):
        return len(receiver.dims)
    if name == "view" and args and isinstance(args[0], Library):  # another dtype
        return Hole()
    if run.is_ambiguous(receiver) and (name in _OF_TORCH or name == "view" and _are_lengths(args)):
        receiver = replace(receiver, framework="torch")
    if run.is_ambiguous(receiver) and (name in _DIFFERENT or name == "transpose" and len(args) != 2):
        return Hole()
    if name.endswith("_") and not name.startswith("_") and run.observer is not None and name != "requires_grad_":
        target = node.func.value if isinstance(node.func, ast.Attribute) else node
        whole = value_of(run, target.value) if isinstance(target, ast.Subscript) else receiver
        if isinstance(whole, Known):
            run.observer.wrote(run, whole, target)
    if name in RESHAPES:
        run.memory.change(receiver)
        return Hole()
    if writes(run, kwargs):
        return Hole()
    if name.endswith("_") and not name.startswith("_") and "torch" in (receiver.framework, run.framework):
        return receiver
    if name in ("numpy", "asnumpy"):
        return replace(receiver, framework="numpy")
    if name in ("to", "cuda", "cpu", "type", "type_as", "float", "half", "bfloat16", "double", "long", "int", "bool"):
        return receiver
    if name == "unbind" and (parts := unbound(receiver, args, kwargs)) is not None:
        return parts
    if name == "masked_fill" and args:
        if not isinstance(run.memory.current(args[0]), Known) and len(receiver.dims) > 2:
            return receiver  # a mask broadcasts to what it masks
        args = [args[0], 0.0]  # whatever it is filled with
    try:
        plain = plain_arguments(run, name, args)
        named = {k: run.plain(v) for k, v in kwargs.items()}
    except Foreign:
        return Hole()
    domain = run.domain_of(receiver)
    what = f"{domain.kind}.{name}"
    written = node.func.value if isinstance(node.func, ast.Attribute) else node
    operands = [(written, receiver), *operands_of(node.args, args)]
    return run.operate(domain.method, (receiver, name, plain, named), node, what, operands)


def _are_lengths(args: list[Any]) -> bool:
    """Whether `view` is given lengths, as in torch, and no type, as in numpy."""
    return len(args) > 1 or bool(args) and isinstance(args[0], (int, tuple, Dim))


CALLABLES[Method] = _method
