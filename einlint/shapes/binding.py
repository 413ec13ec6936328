"""What targets are bound to: names, attributes, tuples of names."""

from __future__ import annotations

import ast
from typing import Any

from einlint.shapes.classes import set_attribute
from einlint.shapes.dispatch import value_of
from einlint.shapes.objects import (
    Hole,
    Instance,
    Known,
    Listing,
    Mapped,
    Method,
    Origin,
    ShapeOf,
    as_python,
    forget,
    size,
)
from einlint.shapes.run import Run
from einlint.shapes.sequences import any_element, iterate_mapped, sequence
from einlint.shapes.unknown_tensors import ranked


def bind(run: Run, target: ast.expr, value: Any) -> None:
    """Assign a value to a target."""
    names = run.memory.frame.names
    if run.watch is not None:
        run.watch(target, value)
    if isinstance(target, ast.Name):
        if isinstance(value, Method) or isinstance(value, Hole) and value.method is not None:  # `push = parts.append`
            forget(value)
        if isinstance(value, Hole) and not value.name:
            value.name = target.id
        names[target.id] = Hole(target.id) if target.id in run.shared else value
    elif isinstance(target, (ast.Tuple, ast.List)):
        _bind_all(run, target, value)
    elif isinstance(target, ast.Attribute):
        receiver = value_of(run, target.value)
        if isinstance(receiver, Known):  # `x.shape = ...`, `x.data = ...`
            run.memory.change(receiver)
        elif not isinstance(receiver, Instance):
            run.changed.append(receiver)
            if isinstance(target.value, ast.Attribute):  # `layer.weight.data = ...`
                run.changed.append(value_of(run, target.value.value))
        else:
            set_attribute(run, receiver, target.attr, value)
    elif isinstance(target, ast.Subscript):
        receiver = value_of(run, target.value)
        forget(receiver)
        if run.observer is not None and isinstance(receiver, Known):
            run.observer.wrote(run, receiver, target)
    elif isinstance(target, ast.Starred):
        bind(run, target.value, Hole())


def _bind_all(run: Run, target: ast.Tuple | ast.List, value: Any) -> None:
    value = run.memory.current(value)
    count = len(target.elts)
    starred = [at for at, e in enumerate(target.elts) if isinstance(e, ast.Starred)]
    if isinstance(value, ShapeOf) or isinstance(value, tuple) and not starred:
        items = unpacked_shape(run, target, value)
    elif isinstance(value, Mapped) and not starred:
        items = iterate_mapped(run, value, count)
    elif isinstance(value, Known) and not starred and value.dims:
        items = [run.operate(run.domain.subscript, (value, 0), target, "unpacking", [])] * count
    else:
        items = sequence(run, value)
    if items is not None and starred:
        items = _spread(items, count, starred[0])
    if items is None or len(items) != count:
        shared = any_element(run, value)
        unknown = isinstance(shared, Hole)
        for place, element in enumerate(target.elts):
            bind(run, element, _part(value, place, count) if unknown else shared)
        return
    for element, item in zip(target.elts, items, strict=True):
        bind(run, element, item)


def _part(value: Any, place: int, count: int) -> Hole:
    return value.member(("part", place, count)) if isinstance(value, Hole) else Hole()


def _spread(items: list[Any], count: int, star: int) -> list[Any] | None:
    """The items with those that a starred name takes in one list."""
    after = count - star - 1
    if len(items) < count - 1:
        return None
    middle = Listing(list(items[star : len(items) - after]))
    return [*items[:star], middle, *items[len(items) - after :]]


def learn_spread(run: Run, target: ast.expr, written: ast.expr) -> None:
    """`b, n, device = *x.shape, x.device` says how many dimensions `x` has."""
    if not (isinstance(target, ast.Tuple) and isinstance(written, ast.Tuple)):
        return
    stars = [e for e in written.elts if isinstance(e, ast.Starred)]
    count = len(target.elts) - len(written.elts) + 1
    if len(stars) != 1 or count < 0 or ast.Starred in [e.__class__ for e in target.elts]:
        return
    shape = value_of(run, stars[0].value)
    if isinstance(shape, ShapeOf) and isinstance(run.memory.current(shape.hole), Hole):
        first = written.elts.index(stars[0])
        unpacked_shape(run, ast.copy_location(ast.Tuple(target.elts[first : first + count]), target), shape)


def is_miscounted(run: Run, target: ast.Tuple | ast.List, value: Any, written: ast.expr) -> bool:
    """Whether a tuple has another number of values than there are names for it; that is noted."""
    if isinstance(value, ShapeOf):
        known = run.memory.current(value.hole)
        value = known.shape if isinstance(known, Known) else None
    if not isinstance(value, tuple):
        return False
    names = len(target.elts)
    starred = ast.Starred in [element.__class__ for element in target.elts]
    if len(value) == names or starred and len(value) >= names - 1:
        return False
    least = f"at least {names - 1}" if starred else f"{names}"
    reason = f"`{ast.unparse(written)}` has {len(value)} values, and {least} are unpacked"
    tensor = _tensor_of(run, written)
    run.contradict(target, "unpacking", reason, operands=() if tensor is None else (tensor,))
    if tensor is not None:  # what a comment says of it is wrong
        run.memory.change(tensor[1])
    return True


def _tensor_of(run: Run, shape: ast.expr) -> tuple[str, Known] | None:
    """The tensor of which a comment alone tells the shape that is unpacked."""
    if not isinstance(shape, ast.Attribute) or shape.attr != "shape":
        return None
    with run.quiet():
        tensor = value_of(run, shape.value)
    return (ast.unparse(shape.value), tensor) if isinstance(tensor, Known) and tensor.hearsay else None


def unpacked_shape(run: Run, target: ast.Tuple | ast.List, value: Any) -> list[Any] | None:
    """`b, n, d = x.shape`: the rank and the names of the lengths of `x`."""
    names = [element.id if isinstance(element, ast.Name) else "" for element in target.elts]
    starred = ast.Starred in [element.__class__ for element in target.elts]
    if isinstance(value, tuple):
        return list(value)
    assert isinstance(value, ShapeOf)
    hole = value.hole
    known = run.memory.current(hole)
    if isinstance(known, Known):
        run.name_lengths(known, names)
        return [*map(as_python, run.memory.current(known).shape)]
    if starred:
        return _ends(run, hole, target)
    origin = Origin(target.lineno, "unpacked")
    found = ranked(run, hole, len(names), origin, [name.strip("_") for name in names])
    run.memory.holes[hole] = found
    for name, dimension_ in zip(names, found.dims, strict=True):
        if name.strip("_"):
            for axis in dimension_:
                run.name_axis(axis, name, *origin)
    return [*map(as_python, found.shape)]


def _ends(run: Run, hole: Hole, target: ast.Tuple | ast.List) -> list[Any]:
    """`*_, n, d = x.shape`: lengths counted from the ends."""
    star = next(at for at, element in enumerate(target.elts) if isinstance(element, ast.Starred))
    items: list[Any] = []
    for place, element in enumerate(target.elts):
        if place == star:
            items.append(Hole())
            continue
        at = place if place < star else place - len(target.elts)
        name = element.id if isinstance(element, ast.Name) else ""
        items.append(hole.lengths.setdefault(at, size(name.strip("_"))))
    return items
