"""Builtins and functions of the standard library."""

from __future__ import annotations

import ast
from typing import Any

from einlint.dimensions import Dim
from einlint.shapes.classes import class_around
from einlint.shapes.dispatch import LIBRARY, call
from einlint.shapes.objects import (
    Hole,
    Instance,
    Known,
    Listing,
    Mapped,
    Partial,
    RankOf,
    ShapeOf,
    Super,
    as_python,
    forget,
    integer,
)
from einlint.shapes.run import MOST_PARTS, Run
from einlint.shapes.sequences import any_element, sequence


def _map(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    if len(args) != 2 or node is None:
        return Hole()
    items = sequence(run, args[1])
    if items is None:
        return Mapped(args[0], args[1], node)
    return tuple(call(run, args[0], [item], {}, node) for item in items[:MOST_PARTS])


def _zip(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    lists = [sequence(run, a) for a in args]
    if any(items is None for items in lists):
        return Listing(None, tuple(any_element(run, a) for a in args))
    return Listing(list(zip(*(items for items in lists if items is not None), strict=False)))


def _enumerate(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    return Listing(None, (integer("i"), any_element(run, args[0]))) if args else Hole()


def _partial_of(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    forget((*args[1:], *kwargs.values()))
    return Partial(args[0], tuple(args[1:]), kwargs) if args else Hole()


def _tuple_of(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    items = sequence(run, args[0]) if len(args) == 1 else None
    return Hole() if items is None else tuple(items)


def _list_of(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    found = _tuple_of(run, args, kwargs, node)
    return Listing(list(found)) if isinstance(found, tuple) else Listing(None)


def _len(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    value = run.memory.current(args[0]) if len(args) == 1 else None
    if isinstance(value, ShapeOf):
        return RankOf(value.hole)
    if isinstance(value, tuple):
        return len(value)
    if isinstance(value, Known) and value.dims:
        return as_python(value.shape[0])
    return Hole(numeric=True)


def _super(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    for frame in run.memory.frame.around():
        receiver = frame.names.get("self")
        if isinstance(receiver, Instance):
            cls = class_around(run, frame.scope)
            return Super(receiver, cls) if cls is not None and not args else Hole()
    return Hole()


def _number_of(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    value = run.memory.current(args[0]) if len(args) == 1 else None
    if isinstance(value, (int, Dim)) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, float) and abs(value) < 1e15 else Hole(numeric=True)


def _numeric(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    return Hole(numeric=True)


def _set_attribute(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    if args and isinstance(args[0], Instance):
        args[0].is_changed = True
    elif args:
        run.changed.append(args[0])
        forget(args[0])
    return None


def _nothing(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    return Hole()


LIBRARY.update({
    "builtins.map": _map, "builtins.zip": _zip, "builtins.enumerate": _enumerate, "functools.partial": _partial_of,
    "builtins.tuple": _tuple_of, "builtins.list": _list_of, "builtins.len": _len, "builtins.super": _super,
    "builtins.int": _number_of, "builtins.round": _numeric, "builtins.float": _numeric, "math.sqrt": _numeric,
    "math.log2": _numeric, "math.log": _numeric, "math.ceil": _numeric, "math.floor": _numeric, "math.pi": _numeric,
    "builtins.setattr": _set_attribute, "builtins.delattr": _set_attribute,
    "builtins.print": _nothing, "builtins.isinstance": _nothing,
})  # fmt: skip
