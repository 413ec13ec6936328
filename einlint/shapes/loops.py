"""Loops are read until what is known before them does not change any more."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from einlint.shapes.binding import bind
from einlint.shapes.carried import Loop, carried, reads
from einlint.shapes.dispatch import STATEMENTS, read_block, value_of
from einlint.shapes.memory import Memory, Snapshot, covers
from einlint.shapes.objects import Function, Hole, Instance, Listing, Sequential, integer
from einlint.shapes.run import AGAIN, Run
from einlint.shapes.sequences import any_element

_MOST_READINGS = 4
"""The last one is read with nothing known of what the one before changed."""


def _for(run: Run, node: ast.For | ast.AsyncFor) -> bool:
    over = value_of(run, node.iter)

    def enter() -> None:
        element = any_element(run, over)
        if isinstance(over, range) or _is_range(node.iter):
            element = integer("i")
        bind(run, node.target, element)

    return _after_loop(run, _loop(run, node, enter), node.orelse)


def _is_range(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"


def _while(run: Run, node: ast.While) -> bool:
    def enter() -> None:
        value_of(run, node.test)

    return _after_loop(run, _loop(run, node, enter), node.orelse)


def _after_loop(run: Run, breaks: list[Snapshot] | None, orelse: Sequence[ast.stmt]) -> bool:
    """What follows a loop: its `else`, or the ways that left by `break`.

    What follows a body that always leaves the function is not read: only a loop of nothing leads there.
    """
    if breaks is None:
        return False
    with run.perhaps():
        ended = read_block(run, orelse)
    ways = [*breaks, run.memory.copy()] if ended else breaks
    if ways:
        run.memory.join(ways)
    return bool(ways)


def _loop(run: Run, node: Loop, enter: Callable[[], None]) -> list[Snapshot] | None:
    """Read the body of a loop until what is known before it does not change any more.

    Gives the ways that leave by `break`, None where the body always leaves the function.
    """
    returned = len(run.memory.frame.returned)
    names = _carried(run, node)
    breaks: list[Snapshot] = []
    for reading in range(_MOST_READINGS):
        start, held = run.memory.copy(), _contents(run)
        ways = [start.again()]
        found = len(run.found)
        breaks = []
        run.exits.append((ways, breaks))
        run.nesting += 1
        try:
            with run.perhaps():
                enter()
                ended = read_block(run, node.body)
        finally:
            run.nesting -= 1
            run.exits.pop()
        if not ended and len(ways) == 1 and not breaks:
            return None
        run.unsure |= not ended or bool(breaks) or len(run.memory.frame.returned) > returned
        if ended:
            ways.append(run.memory.copy())
        run.memory.join(ways)
        if _is_stable(start, run.memory, names) and all(_CONTENT[v.__class__](v) == content for v, content in held):
            return breaks
        if reading >= _MOST_READINGS - 2:
            for name, value in run.memory.frame.names.items():
                if name not in start.names or not covers(start.names[name], value):
                    run.memory.frame.names[name] = Hole()
        del run.found[found:]
        if run.watch is not None and reading < _MOST_READINGS - 1:
            run.watch(node, AGAIN)
    return breaks


def _carried(run: Run, node: Loop) -> frozenset[str]:
    """The names that an iteration may find as the one before left them, also by calling a function that reads them."""
    known, frame = run.finder.carried, run.memory.frame
    if node not in known:
        known[node] = carried(node)
    around = [value.node for value in frame.names.values() if value.__class__ is Function and value.frame is frame]
    for function in around:
        if function not in known:
            known[function] = reads(function)
    return known[node].union(*[known[function] for function in around]) if around else known[node]


def _contents(run: Run) -> list[tuple[Any, Any]]:
    """What can be changed without being bound again, and what is in it."""
    values = (*run.memory.frame.names.values(), *run.memory.attributes.values())
    return [(value, _CONTENT[value.__class__](value)) for value in values if value.__class__ in _CONTENT]


_CONTENT: dict[type, Callable[[Any], Any]] = {
    Listing: lambda value: None if value.items is None else len(value.items),
    Sequential: lambda value: value.modules,
    Instance: lambda value: value.is_changed,
    dict: len,
}


def _is_stable(start: Snapshot, end: Memory, carried_names: frozenset[str]) -> bool:
    """Whether a body would be read with the same knowledge again: names that it binds before it reads them are new."""
    names, attributes = start.names, start.attributes
    for name, value in end.frame.names.items():
        if name in carried_names and not (name in names and covers(names[name], value)):
            return False
    return all(key in attributes and covers(attributes[key], value) for key, value in end.attributes.items())


def _leave(run: Run, node: ast.Break | ast.Continue) -> bool:
    if run.exits:
        again, out = run.exits[-1]
        (out if isinstance(node, ast.Break) else again).append(run.memory.copy())
    return False


STATEMENTS.update({
    ast.For: _for, ast.AsyncFor: _for, ast.While: _while, ast.Break: _leave, ast.Continue: _leave,
})  # fmt: skip
