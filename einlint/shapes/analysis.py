"""What to read of a file, from where, and the contradictions that come of it."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from einlint.calls import Call, CallFinder
from einlint.lazily import replace
from einlint.names import last_name
from einlint.shapes import (  # noqa: F401 - each enters what it reads into the tables of dispatch
    assignments,
    attributes,
    branches,
    builtin_functions,
    classes,
    comprehensions,
    elements,
    expressions,
    functions,
    layers,
    library,
    loops,
    methods,
    operators,
    patterns,
    sequences,
    statements,
)
from einlint.shapes.classes import made, method_of
from einlint.shapes.contradiction import Contradiction
from einlint.shapes.diagnosis import hearsay_of
from einlint.shapes.dispatch import read_block
from einlint.shapes.functions import read_with_unknown
from einlint.shapes.objects import Class, Instance
from einlint.shapes.patterns import would_fit
from einlint.shapes.run import Exhausted, Observer, Run
from einlint.shapes.uncalled import read_uncalled

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Definition = ast.FunctionDef | ast.AsyncFunctionDef


def contradictions(
    finder: CallFinder, calls: list[Call], observer: Observer | None = None, further: Iterable[int] = ()
) -> list[Contradiction]:
    """What contradicts itself in a file, each expression once, in the order of the file.

    `observer` is told what happens, also in functions that hold a row of `further` and none of the calls: what
    contradicts itself there is left alone.
    """
    rows = sorted({call.node.lineno for call in calls})
    every = sorted({*rows, *further})
    found: list[Contradiction] = []
    failed: list[tuple[Contradiction, ast.AST]] = []
    served: dict[ast.AST, set[ast.Call]] = {}
    around = [node for node in finder.names.class_nodes if holds(node, rows)]
    telling = {id(method) for node in around for method in _telling(finder, node, rows)}

    def is_told(start: ast.AST) -> bool:
        return holds(start, rows) or id(start) in telling

    for run, read in readings(finder, every):
        run.observer = observer
        with suppress(Exhausted, RecursionError):
            read()
        found += (each for each in run.found if (rows if each.start is None else is_told(each.start)))
        failed += run.failed
        for definition, calls_of in run.served.items():
            served.setdefault(definition, set()).update(calls_of)
    at_fault = {id(each): function for each, function in failed if served.get(function, set()) - {each.callers[-1]}}
    expected = finder.names.expected_rows if found else frozenset[int]()
    kept: dict[tuple[int, int], Contradiction] = {}  # by place, or by the comment that does not fit
    for each in sorted(found, key=lambda c: (len(c.callers), c.node.lineno, c.node.col_offset)):
        rows_of = {each.node.lineno, *(caller.lineno for caller in each.callers)}
        if rows_of & expected or each.reading is not None and not would_fit(each.reading, each.lengths):
            continue
        function = at_fault.get(id(each))
        node = each.node if function is None else each.callers[-1]
        named = each if function is None else replace(each, function=getattr(function, "name", ""))
        hearsay, place = hearsay_of(each), (node.lineno, node.col_offset)
        if hearsay is None or place not in kept:
            kept.setdefault((hearsay.row, 0) if hearsay else place, named)
    return list(kept.values())


def readings(finder: CallFinder, rows: list[int]) -> Iterator[tuple[Run, Any]]:
    """A run for each place to start from, and the function that does it; what it knows is gone after it."""
    for run, read in _starts(finder, rows):
        yield run, read
        run.end()


def _starts(finder: CallFinder, rows: list[int]) -> Iterator[tuple[Run, Any]]:
    body = finder.source.tree.body
    if _is_script(finder, rows):
        yield _script(finder, body)
    for statement in _flat(body):
        if isinstance(statement, _FUNCTIONS) and holds(statement, rows):
            yield _function(finder, statement, rows)
        elif isinstance(statement, ast.ClassDef) and holds(statement, rows):
            yield from _methods(finder, statement, rows)


def _script(finder: CallFinder, body: list[ast.stmt]) -> tuple[Run, Any]:
    run = Run(finder, in_script=True)

    def read() -> None:
        read_block(run, body)
        read_uncalled(run)

    return run, read


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The definitions of a module, also those under an `if` or a `try`."""
    for statement in body:
        if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
            yield statement
        elif isinstance(statement, (ast.If, ast.Try)):
            yield from _flat([*statement.body, *statement.orelse])


def holds(node: ast.AST, rows: list[int]) -> bool:
    """Whether one of these rows, in their order, is one of a node."""
    first, last = node.lineno, node.end_lineno or node.lineno  # type: ignore[attr-defined]
    place = bisect_left(rows, first)
    return place < len(rows) and rows[place] <= last


def _is_script(finder: CallFinder, rows: list[int]) -> bool:
    """Whether the module itself calls anything of interest, or a function or class of its own."""
    plain = [s for s in finder.source.tree.body if not isinstance(s, (*_FUNCTIONS, ast.ClassDef, ast.Import))]
    if any(holds(s, rows) for s in plain):
        return True
    own = finder.definitions.keys()
    return any(scope is finder.names.module and last_name(call.func) in own for call, scope in finder.names.calls)


def _function(finder: CallFinder, node: _Definition, rows: list[int]) -> tuple[Run, Any]:
    run = Run(finder)

    def read() -> None:
        read_with_unknown(run, node, None)
        for inner in _inner(finder, node, rows):
            read_with_unknown(run, inner, None)
        read_uncalled(run)

    return run, read


def _inner(finder: CallFinder, node: _Definition, rows: list[int]) -> list[_Definition]:
    """The functions inside a function that hold a call."""
    within = finder.names.functions_between(node.lineno, node.end_lineno or node.lineno)
    return [function for function in within if function is not node and holds(function, rows)]


def _methods(finder: CallFinder, node: ast.ClassDef, rows: list[int]) -> Iterator[tuple[Run, Any]]:
    """Every method with a call, of an object made with unknown arguments."""
    chosen = _telling(finder, node, rows)
    run = Run(finder)

    def read() -> None:
        instance = Instance(Class(node))
        made(run, instance)
        initial = method_of(run, instance.cls, "__init__")
        holes, sizes = run.memory.holes, run.memory.sizes
        for method in chosen:
            run.memory.holes, run.memory.sizes, run.memory.attributes = dict(holes), dict(sizes), {}
            run.begin()
            if method is not initial:
                read_with_unknown(run, method, instance)
            for inner in _inner(finder, method, rows):
                read_with_unknown(run, inner, None)
        read_uncalled(run)

    yield run, read


def _telling(finder: CallFinder, node: ast.ClassDef, rows: list[int]) -> list[_Definition]:
    """The methods of a class with a call: all of them where `__init__` makes layers that the others call."""
    every = [method for method in node.body if isinstance(method, _FUNCTIONS)]
    makes = any(method.name == "__init__" and holds(method, finder.rows) for method in every)
    return every if makes else [method for method in every if holds(method, rows)]
