"""Constants, calls, choices and assignments inside expressions."""

from __future__ import annotations

import ast
from contextlib import nullcontext
from typing import Any

from einlint.shapes.attributes import called_attribute
from einlint.shapes.conditions import assume, truth
from einlint.shapes.dispatch import EXPRESSIONS, call, value_of
from einlint.shapes.memory import joined
from einlint.shapes.objects import Hole
from einlint.shapes.patterns import pattern_call
from einlint.shapes.run import Run
from einlint.shapes.sequences import LONGEST_TEXT, sequence

_CONSTANTS: frozenset[type] = frozenset({int, float, str, bool, type(None), type(...)})


def _constant(run: Run, node: ast.Constant) -> Any:
    return node.value if node.value.__class__ in _CONSTANTS else Hole()


def _call(run: Run, node: ast.Call) -> Any:
    known_call = run.finder.call_of(node)
    if known_call is not None:
        return pattern_call(run, known_call)
    named = node.func
    function = called_attribute(run, named) if isinstance(named, ast.Attribute) else value_of(run, named)
    args: list[Any] = []
    for item in node.args:
        if isinstance(item, ast.Starred):
            inner = sequence(run, value_of(run, item.value))
            if inner is None:
                for rest in (*node.args, *(k.value for k in node.keywords)):
                    value_of(run, rest.value if isinstance(rest, ast.Starred) else rest)
                return Hole()
            args += inner
        else:
            args.append(value_of(run, item))
    kwargs = {}
    for keyword in node.keywords:
        found = value_of(run, keyword.value)
        if keyword.arg is None:
            return Hole()
        kwargs[keyword.arg] = found
    return call(run, function, args, kwargs, node)


def _boolean(run: Run, node: ast.BoolOp) -> Any:
    """`a and b`, `a or b`: each operand is read knowing what the ones before it said."""
    stays = isinstance(node.op, ast.Or)
    before = None
    result: Any = None
    for place, operand in enumerate(node.values):
        with run.perhaps() if place else nullcontext():
            value = value_of(run, operand)
        result = value if place == 0 else joined(result, value)
        before = before or run.memory.copy()
        decided = truth(value)
        if decided is stays:
            result = value if place == 0 else result
            break
        if place == 0 and decided is not None:
            result = value_of(run, node.values[1]) if len(node.values) == 2 else Hole()
            break
        assume(run, operand, not stays)
    if before is not None:
        run.memory.join([before, run.memory.copy()])
    return result


def _conditional(run: Run, node: ast.IfExp) -> Any:
    decided = truth(value_of(run, node.test))
    if decided is not None:
        return value_of(run, node.body if decided else node.orelse)
    before = run.memory.copy()
    with run.perhaps():
        assume(run, node.test, True)
        first = value_of(run, node.body)
        one = run.memory.copy()
        run.memory.restore(before)
        assume(run, node.test, False)
        second = value_of(run, node.orelse)
    run.memory.join([one, run.memory.copy()])
    return joined(first, second)


def _walrus(run: Run, node: ast.NamedExpr) -> Any:
    value = value_of(run, node.value)
    frame = run.memory.frame
    while frame.scope.is_comprehension and frame.outer is not None:  # the name belongs to the function
        frame = frame.outer
    frame.names[node.target.id] = value
    if run.watch is not None:
        run.watch(node.target, value)
    return value


def _await(run: Run, node: ast.Await) -> Any:
    value_of(run, node.value)
    return Hole()


def _text(run: Run, node: ast.JoinedStr) -> Any:
    """An f-string of known texts and integers."""
    parts = [value_of(run, part.value if isinstance(part, ast.FormattedValue) else part) for part in node.values]
    holes = [part for part in node.values if isinstance(part, ast.FormattedValue)]
    plain = all(hole.conversion in (-1, ord("s")) and hole.format_spec is None for hole in holes)
    if not plain or not all(type(part) in (str, int) for part in parts):
        return Hole()
    text = "".join(map(str, parts))
    return text if len(text) <= LONGEST_TEXT else Hole()


EXPRESSIONS.update({
    ast.Constant: _constant, ast.Call: _call, ast.BoolOp: _boolean, ast.IfExp: _conditional, ast.NamedExpr: _walrus,
    ast.Await: _await, ast.JoinedStr: _text,
})  # fmt: skip
