"""The tensors that calls are given, as far as inference knows them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from einlint.calls import Call, CallFinder
from einlint.shapes.analysis import readings
from einlint.shapes.objects import Known
from einlint.shapes.run import Exhausted, Run

Given = Mapping[ast.expr, Known]
"""The tensors among the arguments of one call, one way of reaching it: what is not known to be one is left out."""


def given(finder: CallFinder, calls: Sequence[Call]) -> dict[ast.Call, list[Given]]:
    """What each call is given, once for every way in which inference reaches it."""
    watcher = _Watcher(calls)
    for run, read in readings(finder, sorted({call.node.lineno for call in calls})):
        watcher.follow(run)
        with suppress(Exhausted, RecursionError):
            read()
    return watcher.found


class _Watcher:
    """Keeps the values of the arguments of calls until the call itself has been read."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self._arguments = {
            call.node: [node for node in ast.walk(call.node) if isinstance(node, ast.expr)] for call in calls
        }
        self._wanted = {node for nodes in self._arguments.values() for node in nodes}
        self._values: dict[ast.AST, Any] = {}
        self.found: dict[ast.Call, list[Given]] = {}

    def follow(self, run: Run) -> None:
        self._run = run
        run.watch = self._see

    def _see(self, node: ast.AST, value: Any) -> None:
        if node in self._wanted:
            self._values[node] = value
        if isinstance(node, ast.Call) and node in self._arguments:
            current = ((each, self._run.memory.current(self._values.get(each))) for each in self._arguments[node])
            tensors = {each: known for each, known in current if isinstance(known, Known) and each is not node}
            self.found.setdefault(node, []).append(tensors)
