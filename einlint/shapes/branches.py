"""Statements of which a part may not happen: `if`, `match`, `try`, `with`."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from einlint.names import expects_failure
from einlint.shapes.binding import bind
from einlint.shapes.conditions import assume, truth
from einlint.shapes.dispatch import STATEMENTS, read_block, value_of
from einlint.shapes.objects import Hole
from einlint.shapes.run import Run


def _if(run: Run, node: ast.If) -> bool:
    decided = truth(value_of(run, node.test))
    if decided is not None:
        return _under(run, node.test, decided, node.body if decided else node.orelse)
    before = run.memory.copy()
    with run.perhaps():
        first = _under(run, node.test, True, node.body)
        one = run.memory.copy()
        run.memory.restore(before)
        second = _under(run, node.test, False, node.orelse)
    run.unsure |= first is not second
    if first and second:
        run.memory.join([one, run.memory.copy()])
    elif first:
        run.memory.restore(one)
    return first or second


def _under(run: Run, test: ast.expr, holds: bool, body: Sequence[ast.stmt]) -> bool:
    assume(run, test, holds)
    run.nesting += 1
    try:
        return read_block(run, body)
    finally:
        run.nesting -= 1


def _with(run: Run, node: ast.With | ast.AsyncWith) -> bool:
    for item in node.items:
        value_of(run, item.context_expr)
        if item.optional_vars is not None:
            bind(run, item.optional_vars, Hole())
    if not any(expects_failure(item.context_expr) for item in node.items):
        return read_block(run, node.body)
    before = run.memory.copy()
    with run.perhaps():
        ways = [run.memory.copy()] if read_block(run, node.body) else []
    run.memory.restore(before)
    _forget(run, node.body)
    run.memory.join([*ways, run.memory.copy()])
    return True


def _try(run: Run, node: Any) -> bool:
    """What a handler finds is unknown: the body may have stopped anywhere."""
    before = run.memory.copy()
    run.nesting += 1
    found = len(run.found)
    ended = read_block(run, node.body)
    if node.handlers:  # what fails there is expected to
        del run.found[found:]
    ended = ended and read_block(run, node.orelse)
    ways = [run.memory.copy()] if ended else []
    unsure, run.unsure = run.unsure, True
    for handler in node.handlers:
        run.memory.restore(before.again())
        _forget(run, node.body)
        if handler.name:
            run.memory.frame.names[handler.name] = Hole()
        if read_block(run, handler.body):
            ways.append(run.memory.copy())
    run.nesting -= 1
    run.unsure = unsure or bool(node.handlers)
    if ways:
        run.memory.join(ways)
    final = read_block(run, node.finalbody)
    return bool(ways) and final


def _forget(run: Run, body: Sequence[ast.stmt]) -> None:
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                run.memory.frame.names[node.id] = Hole()


def _match(run: Run, node: Any) -> bool:
    value_of(run, node.subject)
    before = run.memory.copy()
    ways = [before.again()]
    for case in node.cases:
        run.memory.restore(before.again())
        for part in ast.walk(case.pattern):
            name = getattr(part, "name", None) or getattr(part, "rest", None)
            if isinstance(name, str):
                run.memory.frame.names[name] = Hole()
        with run.perhaps():
            ended = read_block(run, case.body)
        run.unsure |= not ended
        if ended:
            ways.append(run.memory.copy())
    run.memory.join(ways)
    return True


STATEMENTS.update({ast.If: _if, ast.With: _with, ast.AsyncWith: _with, ast.Try: _try})
for _newer, _handler in (("TryStar", _try), ("Match", _match)):
    if hasattr(ast, _newer):
        STATEMENTS[getattr(ast, _newer)] = _handler
