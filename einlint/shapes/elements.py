"""Subscripts: elements of sequences and dictionaries, indexing of tensors."""

from __future__ import annotations

import ast
from typing import Any

from einlint.lazily import replace
from einlint.shapes.dispatch import EXPRESSIONS, value_of
from einlint.shapes.memory import element_of
from einlint.shapes.objects import AT, UNKNOWN_DTYPE, Hole, Known, Listing, Method, Sequential, ShapeOf
from einlint.shapes.run import Foreign, Run
from einlint.shapes.sequences import share
from einlint.shapes.unknown_tensors import size_at

_MOST_SHOWN = 4


def _subscript(run: Run, node: ast.Subscript) -> Any:
    receiver, index = value_of(run, node.value), _index(run, node.slice)
    return element(run, receiver, index, node)


def _index(run: Run, node: ast.expr) -> Any:
    if isinstance(node, ast.Slice):
        parts = [None if part is None else value_of(run, part) for part in (node.lower, node.upper, node.step)]
        return slice(*parts)
    if isinstance(node, ast.Tuple):
        return tuple([_index(run, item) for item in node.elts])
    return value_of(run, node)


def element(run: Run, receiver: Any, index: Any, node: ast.Subscript) -> Any:
    """`receiver[index]`."""
    receiver, index = run.memory.current(receiver), run.memory.current(index)
    if isinstance(receiver, ShapeOf):
        places = _shown_places(index)
        if places is None:
            return size_at(run, receiver.hole, index)
        return tuple([size_at(run, receiver.hole, place) for place in places])
    if isinstance(receiver, Known):
        try:
            places = _places(run, index)
        except Foreign:
            return Hole()
        if run.is_ambiguous(receiver) and _goes_backwards(places):
            receiver = replace(receiver, framework="numpy")  # torch has no such index
        domain = run.domain_of(receiver)
        return run.operate(domain.subscript, (receiver, places), node, "indexing", [(node.value, receiver)])
    if isinstance(receiver, Method) and receiver.name == "at" and isinstance(receiver.receiver, Known):
        return Method(receiver.receiver, AT)
    if isinstance(receiver, Listing):
        if receiver.items is None:
            return Listing(None, receiver.element) if isinstance(index, slice) else element_of(receiver)
        receiver = tuple(receiver.items)
    if isinstance(receiver, tuple) and not _is_static(index):
        share(receiver)
    if isinstance(receiver, tuple) and _is_static(index):
        return receiver[index] if isinstance(index, slice) or -len(receiver) <= index < len(receiver) else Hole()
    if isinstance(receiver, dict) and isinstance(index, str):
        return receiver.get(index, Hole())
    if isinstance(receiver, Sequential) and receiver.modules is not None and type(index) is int:
        count = len(receiver.modules)
        return receiver.modules[index] if -count <= index < count else Hole()
    if isinstance(receiver, Hole) and isinstance(index, (int, str)):
        return receiver.member(index) if receiver.parents == () else Hole()
    return Hole()


def _shown_places(index: Any) -> range | None:
    """The dimensions that `x.shape[:2]` or `x.shape[-2:]` is written for."""
    if not isinstance(index, slice) or index.step is not None:
        return None
    start, stop = index.start, index.stop
    if start in (None, 0) and type(stop) is int and 0 < stop <= _MOST_SHOWN:
        return range(stop)
    return range(start, 0) if stop is None and type(start) is int and -_MOST_SHOWN <= start < 0 else None


def _places(run: Run, index: Any) -> Any:
    """An index for the table. Raises Foreign; a tensor indexes in ways that its dtype decides."""
    index = run.memory.current(index)
    if isinstance(index, tuple):
        return tuple([_places(run, item) for item in index])
    if not isinstance(index, Known):
        return run.plain(index)
    if index.dtype == UNKNOWN_DTYPE:
        raise Foreign
    return index


def _goes_backwards(index: Any) -> bool:
    """Whether an index holds a slice with a negative step, such as `x[..., ::-1]`."""
    items = index if isinstance(index, tuple) else (index,)
    return any(isinstance(each, slice) and type(each.step) is int and each.step < 0 for each in items)


def _is_static(index: Any) -> bool:
    if isinstance(index, slice):
        return all(part is None or type(part) is int for part in (index.start, index.stop, index.step))
    return type(index) is int


EXPRESSIONS[ast.Subscript] = _subscript
