"""Tuples, lists and dictionaries, and what their elements are like."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from einlint.lazily import replace
from einlint.shapes.dispatch import EXPRESSIONS, call, read_parts, value_of
from einlint.shapes.memory import element_of
from einlint.shapes.objects import Hole, Known, Listing, Mapped, Sequential
from einlint.shapes.run import Run

MOST_ITEMS = 8
LONGEST = 64
LONGEST_TEXT = 1_000


def sequence(run: Run, value: Any) -> list[Any] | None:
    """The elements of a sequence of known length."""
    value = run.memory.current(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Listing) and value.items is not None:
        return list(value.items)
    if isinstance(value, Sequential):
        return None if value.modules is None else list(value.modules)
    if isinstance(value, range) and len(value) <= MOST_ITEMS:
        return list(value)
    return None


def any_element(run: Run, over: Any) -> Any:
    """What an element of an iterable is like."""
    over = run.memory.current(over)
    items = over.items if isinstance(over, Listing) else list(over) if isinstance(over, tuple) else None
    if items:
        share(items)
    if isinstance(over, Listing):
        return element_of(over)
    if items:
        return element_of(Listing(items))
    if isinstance(over, Known) and over.dims and over.hearsay is None:  # a comment may tell the shape of each of a list
        return replace(over, dims=over.dims[1:], made=None)
    element = Hole()
    if isinstance(over, Hole) and over.hint is not None and over.hint.of_elements:
        element.hint = over.hint._replace(of_elements=False)
    return element


def share(items: Sequence[Any]) -> None:
    """Lists that are reached without saying which may be changed there: nothing is known of them any more."""
    for item in items:
        if isinstance(item, Listing):
            item.forget()


def iterate_mapped(run: Run, mapped: Mapped, count: int) -> list[Any]:
    """`count` results of `map` over something of unknown length."""
    over = [any_element(run, mapped.over) for _ in range(count)]
    return [call(run, mapped.function, [each], {}, mapped.node) for each in over]


def light(items: tuple[Any, ...]) -> Any:
    """A tuple, unknown where it is long or holds too many others."""
    return items if _weight(items) <= LONGEST else Hole()


def _weight(value: Any) -> int:
    """How many values a tuple holds, those of its tuples included."""
    if not isinstance(value, tuple):
        return 1
    total = 0
    for item in value:
        total += _weight(item)
        if total > LONGEST:
            break
    return total


def _tuple(run: Run, node: ast.Tuple) -> Any:
    items = _items(run, node.elts)
    return Hole() if items is None else light(tuple(items))


def _list(run: Run, node: ast.List) -> Any:
    items = _items(run, node.elts)
    return Listing(None) if items is None else Listing(items)


def _items(run: Run, nodes: Sequence[ast.expr]) -> list[Any] | None:
    items: list[Any] | None = []
    for node in nodes:
        value = value_of(run, node.value if isinstance(node, ast.Starred) else node)
        inner = sequence(run, value) if isinstance(node, ast.Starred) else [value]
        items = None if items is None or inner is None or len(items) > LONGEST else items + inner
    return items


def _dict(run: Run, node: ast.Dict) -> Any:
    found = {}
    for key, value in zip(node.keys, node.values, strict=True):
        result = value_of(run, value)
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return read_parts(run, node)
        found[key.value] = result
    return found


EXPRESSIONS.update({ast.Tuple: _tuple, ast.List: _list, ast.Dict: _dict})
