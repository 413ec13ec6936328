"""Names and attributes."""

from __future__ import annotations

import ast
from typing import Any

from einlint.operations.layers import Layer
from einlint.shapes.classes import class_attribute, instance_attribute, super_attribute
from einlint.shapes.dispatch import EXPRESSIONS, value_of
from einlint.shapes.fields import FIELD, is_set_elsewhere
from einlint.shapes.objects import (
    AT,
    UPDATED,
    Class,
    Hole,
    Instance,
    Known,
    Library,
    Listing,
    Method,
    RankOf,
    Sequential,
    ShapeOf,
    Super,
    as_python,
)
from einlint.shapes.run import Run

_UPDATES = frozenset("set add subtract multiply mul divide power min max apply".split())


def _name(run: Run, node: ast.Name) -> Any:
    frame = run.memory.frame.holding(node.id)
    if frame is not None:
        return frame.names[node.id]
    found = run.library(node)
    if found is not None:
        return found
    owner = run.scope.owner(node.id)
    if owner is not None and owner is not run.names.module:  # of a function around this one, which is not read
        return Hole(node.id)
    return run.global_value(node.id)


def _attribute(run: Run, node: ast.Attribute) -> Any:
    if _is_dotted(run, node) and (found := run.library(node)) is not None:
        return found
    value = attribute(run, value_of(run, node.value), node.attr, node)
    if value.__class__ is Method and value.receiver.__class__ is Hole:
        return _of_unknown(run, value)
    return value


def called_attribute(run: Run, node: ast.Attribute) -> Any:
    """`receiver.name` where it is called."""
    if _is_dotted(run, node) and (found := run.library(node)) is not None:
        return found
    return attribute(run, value_of(run, node.value), node.attr, node)


def _of_unknown(run: Run, method: Method) -> Hole:
    """An attribute of something unknown, such as a configuration: the same one each time where nothing assigns it."""
    hole, name = method.receiver, method.name
    found: Hole | None = hole.members.get((_ATTRIBUTE, name))
    if found is None:
        found = Hole(name)
        found.method = method
        if not is_set_elsewhere(run, name):
            hole.members[_ATTRIBUTE, name] = found
    return found


_ATTRIBUTE = "attribute"
"""Begins the key of an attribute among the members of something unknown."""


def _is_dotted(run: Run, node: ast.expr) -> bool:
    """Whether `a.b.c` begins with a name that no frame holds."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and run.memory.frame.holding(node.id) is None


def attribute(run: Run, receiver: Any, name: str, node: ast.expr) -> Any:
    """`receiver.name`."""
    receiver = run.memory.present(receiver)
    if isinstance(receiver, Known):
        return _of_tensor(run, receiver, name, node)
    if isinstance(receiver, Hole):
        if name == "shape":
            return ShapeOf(receiver)
        if name == "ndim":
            return RankOf(receiver)
        return receiver.members.get((FIELD, name)) or Method(receiver, name)
    if isinstance(receiver, Instance):
        return instance_attribute(run, receiver, name)
    if isinstance(receiver, Method) and receiver.name == AT and name in _UPDATES:
        return Method(receiver.receiver, UPDATED)
    if isinstance(receiver, Class):
        return class_attribute(run, receiver, name)
    if isinstance(receiver, Super):
        return super_attribute(run, receiver, name)
    if isinstance(receiver, tuple) and name in ("values", "indices") and len(receiver) == 2:
        return receiver[name == "indices"]
    if isinstance(receiver, Library):
        return Library(f"{receiver.name}.{name}")
    if isinstance(receiver, Layer) and not name.startswith("register"):
        return Hole(name)
    if isinstance(receiver, (Listing, dict, str, Sequential, Layer)):
        return Method(receiver, name)
    return Hole(name)


def _of_tensor(run: Run, tensor: Known, name: str, node: ast.expr) -> Any:
    if name == "shape":
        return tuple([as_python(size) for size in tensor.shape])
    if name == "ndim":
        return len(tensor.dims)
    if name in ("T", "mT", "mH", "real", "imag", "data", "grad"):
        if name in ("data", "grad"):
            return Hole(name)
        domain = run.domain_of(tensor)
        what = f"{domain.kind}.{name}"
        return run.operate(domain.attribute, (tensor, name), node, what, [(_written(node), tensor)])
    return Method(tensor, name)


def _written(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Attribute) else node


EXPRESSIONS.update({ast.Name: _name, ast.Attribute: _attribute})
