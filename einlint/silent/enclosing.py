"""The function or class around a row."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Enclosing:
    """Finds the innermost of some functions and classes that holds a row, however many there are."""

    def __init__(self, scopes: Iterable[Scope]) -> None:
        self._scopes = sorted(scopes, key=lambda each: each.lineno)
        self._rows = [each.lineno for each in self._scopes]
        self._around: list[int] = []  # for each the place of the next one around it, -1 for none
        for place, each in enumerate(self._scopes):
            self._around.append(self._holding(place - 1, each.lineno))

    def of(self, row: int) -> Scope | None:
        """The one that holds a row, None outside of all."""
        place = self._holding(bisect_right(self._rows, row) - 1, row)
        return None if place < 0 else self._scopes[place]

    def _holding(self, place: int, row: int) -> int:
        """The first that holds a row, of one and those around it."""
        while place >= 0 and (self._scopes[place].end_lineno or row) < row:
            place = self._around[place]
        return place
