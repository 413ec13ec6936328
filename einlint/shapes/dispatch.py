"""Which function reads which kind of expression, statement or called value.

The modules of this folder enter what they read into these tables when they are imported; they call each other
through `value_of`, `read_block` and `call`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from einlint.dimensions import Dim
from einlint.shapes.objects import Function, Hole, Known, Partial, forget
from einlint.shapes.run import DEEPEST_EXPRESSION, Exhausted, Run

EXPRESSIONS: dict[type, Callable[[Run, Any], Any]] = {}
"""By the class of a node: its value."""
STATEMENTS: dict[type, Callable[[Run, Any], bool]] = {}
"""By the class of a node: do it, and say whether the statement after it is reached."""
CALLABLES: dict[type, Callable[[Run, Any, list[Any], dict[str, Any], ast.Call | None], Any]] = {}
"""By the class of the value that is called: what it returns."""
LIBRARY: dict[str, Callable[[Run, list[Any], dict[str, Any], ast.Call | None], Any]] = {}
"""By dotted name: functions of libraries that the operations table does not hold."""

_LEARNED: frozenset[type] = frozenset({Hole, Known, Dim})
"""What more may be known of later."""


def value_of(run: Run, node: ast.expr) -> Any:
    """The value of an expression; unknown absorbs."""
    run.steps += 1
    if run.steps > run.most:
        raise Exhausted
    memory = run.memory
    if node.__class__ is ast.Name and node.id in memory.frame.names:
        value = memory.frame.names[node.id]
    elif run.depth > DEEPEST_EXPRESSION:
        return Hole()
    else:
        run.depth += 1
        value = EXPRESSIONS.get(node.__class__, read_parts)(run, node)
        run.depth -= 1
    if value.__class__ in _LEARNED:
        value = memory.current(value)
    if run.watch is not None:
        run.watch(node, value)
    return value


def read_parts(run: Run, node: ast.AST) -> Hole:
    """Read the parts of an expression that has no value here."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            value_of(run, child)
    return Hole()


def read_block(run: Run, body: Sequence[ast.stmt]) -> bool:
    """Read statements in order; whether the end is reached."""
    for statement in body:
        handler = STATEMENTS.get(statement.__class__)
        goes_on = handler is None or handler(run, statement)
        if run.watch is not None:
            run.watch(statement, None)
        if not goes_on:
            return False
    return True


def call(run: Run, function: Any, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None) -> Any:
    """The result of calling a value."""
    function = run.memory.current(function)
    if function.__class__ is Hole and function.method is not None:
        function = function.method
    handler = CALLABLES.get(function.__class__)
    return unknown_call(run, args, kwargs) if handler is None else handler(run, function, args, kwargs, node)


def unknown_call(run: Run, args: Sequence[Any], kwargs: dict[str, Any]) -> Hole:
    """An unknown function may change what it is given; a function that it is given may change what that sees.

    What it makes of one tensor is assumed to have the axes of that.
    """
    for value in (*args, *kwargs.values()):
        forget(value)
        if isinstance(value, (Function, Partial)):
            for frame in run.memory.frame.around():
                for each in frame.names.values():
                    forget(each)
    result = Hole()
    if args and len([None for value in args if value.__class__ is Known]) <= 1:
        result.assumed = run.memory.assumed(args[0])
    return result
