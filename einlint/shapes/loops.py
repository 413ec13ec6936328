"""Loops are read until what is known before them does not change any more."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from einlint.shapes.binding import bind
from einlint.shapes.dispatch import STATEMENTS, read_block, value_of
from einlint.shapes.memory import Snapshot, covers
from einlint.shapes.objects import Hole, integer
from einlint.shapes.run import Run
from einlint.shapes.sequences import any_element

_MOST_READINGS = 3


def _for(run: Run, node: ast.For | ast.AsyncFor) -> bool:
    over = value_of(run, node.iter)

    def enter() -> None:
        element = any_element(run, over)
        if isinstance(over, range) or _is_range(node.iter):
            element = integer("i")
        bind(run, node.target, element)

    return _after_loop(run, _loop(run, enter, node.body), node.orelse)


def _is_range(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"


def _while(run: Run, node: ast.While) -> bool:
    def enter() -> None:
        value_of(run, node.test)

    return _after_loop(run, _loop(run, enter, node.body), node.orelse)


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


def _loop(run: Run, enter: Callable[[], None], body: Sequence[ast.stmt]) -> list[Snapshot] | None:
    """Read a body until what is known before it does not change any more.

    Gives the ways that leave by `break`, None where the body always leaves the function.
    """
    returned = len(run.memory.frame.returned)
    breaks: list[Snapshot] = []
    for reading in range(_MOST_READINGS):
        start = run.memory.copy()
        ways = [start.again()]
        found = len(run.found)
        breaks = []
        run.exits.append((ways, breaks))
        run.nesting += 1
        try:
            with run.perhaps():
                enter()
                ended = read_block(run, body)
        finally:
            run.nesting -= 1
            run.exits.pop()
        if not ended and len(ways) == 1 and not breaks:
            return None
        run.unsure |= not ended or bool(breaks) or len(run.memory.frame.returned) > returned
        if ended:
            ways.append(run.memory.copy())
        run.memory.join(ways)
        if _is_stable(start, run.memory.copy()):
            return breaks
        if reading == _MOST_READINGS - 1:
            for name, value in run.memory.frame.names.items():
                if name not in start.names or not covers(start.names[name], value):
                    run.memory.frame.names[name] = Hole()
            del run.found[found:]
            return breaks
        del run.found[found:]
    return breaks


def _is_stable(start: Snapshot, end: Snapshot) -> bool:
    return all(name in start.names and covers(start.names[name], value) for name, value in end.names.items()) and all(
        key in start.attributes and covers(start.attributes[key], value) for key, value in end.attributes.items()
    )


def _leave(run: Run, node: ast.Break | ast.Continue) -> bool:
    if run.exits:
        again, out = run.exits[-1]
        (out if isinstance(node, ast.Break) else again).append(run.memory.copy())
    return False


STATEMENTS.update({
    ast.For: _for, ast.AsyncFor: _for, ast.While: _while, ast.Break: _leave, ast.Continue: _leave,
})  # fmt: skip
