"""What inference knows of the names and expressions on one line, and why."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from einlint.calls import Call, CallFinder
from einlint.dimensions import Dim
from einlint.findings import Span
from einlint.lazily import dataclass
from einlint.names import last_name
from einlint.operations.layers import Layer
from einlint.operations.table import Scalar
from einlint.shapes.analysis import holds, readings
from einlint.shapes.diagnosis import shape_of, shown
from einlint.shapes.memory import element_of, known
from einlint.shapes.objects import (
    Class,
    Function,
    Hole,
    Instance,
    Known,
    Library,
    Listing,
    Method,
    Origin,
    Partial,
    RankOf,
    Sequential,
    ShapeOf,
)  # fmt: skip
from einlint.shapes.patterns import PatternLayer
from einlint.shapes.run import AGAIN, Exhausted, Run

UNKNOWN = "unknown"
_SPOKEN_OF = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.BinOp)
"""What is worth a word even where nothing is known of it."""
_CODE = (Library, Function, Class, Method)
_NUMBERS = (bool, int, float, Dim)


class NamedAxis(NamedTuple):
    """An axis of a dimension: the name that a pattern or an unpacking gave it, empty for none, and its size."""

    name: str
    size: str


@dataclass(frozen=True)
class Inferred:
    """What is known of an expression: `text` says it all, `axes` are those of each dimension of a tensor.

    `calls` are the rows of the calls that led there, outermost first: none where arguments are unknown.
    """

    text: str
    axes: tuple[tuple[NamedAxis, ...], ...] | None = None
    origin: Origin | None = None
    calls: tuple[int, ...] = ()


@dataclass(frozen=True)
class Explained:
    """An expression and what is known of it where it is read: one entry for each way there, the general one first."""

    expression: str
    span: Span
    values: tuple[Inferred, ...]


def explained(finder: CallFinder, calls: list[Call], row: int) -> list[Explained]:
    """What is known on a row, from left to right, wholes before their parts.

    `calls` are the known calls of the file.
    """
    watcher = _Watcher(finder, row)
    rows = {row, *(call.node.lineno for call in calls), *_rows_of_callers(finder, row)}
    for run, read in readings(finder, sorted(rows)):
        watcher.follow(run)
        with suppress(Exhausted, RecursionError):
            read()
        watcher.settle()
    found = [_explained(finder, span, values) for span, values in watcher.found.items() if values]
    return sorted(found, key=lambda e: (e.span.start, tuple(-n for n in e.span.end)))


def _rows_of_callers(finder: CallFinder, row: int) -> set[int]:
    """Where the functions that a row is in are called, by their name."""
    around = {function.name for function in finder.names.functions if holds(function, [row])}
    return {call.lineno for call, _ in finder.names.calls if last_name(call.func) in around}


def _explained(finder: CallFinder, span: Span, values: list[Inferred]) -> Explained:
    general_first = sorted(values, key=lambda v: (len(v.calls), v.text != UNKNOWN, -v.text.count("?")))
    once = {(value.text, value.axes): value for value in reversed(general_first)}
    return Explained(_written(finder, span), span, tuple(reversed(once.values())))


def _written(finder: CallFinder, span: Span) -> str:
    """The expression in the code, of several lines the first."""
    (row, column), (last, end) = span
    line = finder.source.lines[row - 1]
    return line[column - 1 : end - 1] if row == last else f"{line[column - 1 :].rstrip()} ..."


class _Watcher:
    """Collects the values of the expressions on a row while runs read them.

    A value is written down when its statement has ended, with what that statement taught about it.
    """

    def __init__(self, finder: CallFinder, row: int) -> None:
        self.row = row
        self.found: dict[Span, list[Inferred]] = {}
        self._span_of = finder.source.span
        self._pending: list[tuple[Span, Any, tuple[int, ...]]] = []
        statement = finder.source.statements.get(row)
        self._rebound = finder.source.span(statement.target) if isinstance(statement, ast.AugAssign) else None

    def follow(self, run: Run) -> None:
        self._run = run
        run.watch = self._see

    def _see(self, node: ast.AST, value: Any) -> None:
        if isinstance(node, ast.expr):
            if self.row in (node.lineno, node.end_lineno) and _is_of_interest(node, value):
                span = self._span_of(node)
                if span == self._rebound:  # it is read before it is assigned
                    self._pending = [each for each in self._pending if each[0] != span]
                self._pending.append((span, value, tuple(caller.lineno for caller in self._run.callers)))
        elif isinstance(node, ast.stmt) and node.lineno <= self.row <= (node.end_lineno or node.lineno):
            self.settle()
            if value is AGAIN:
                self._forget_here()

    def _forget_here(self) -> None:
        """Forget what the present reading of the function said: a loop around the row is read again."""
        here = tuple(caller.lineno for caller in self._run.callers)
        for span, values in self.found.items():
            self.found[span] = [value for value in values if value.calls != here]

    def settle(self) -> None:
        """Write down what is pending."""
        for span, value, callers in self._pending:
            self.found.setdefault(span, []).append(_inferred(self._run, value, callers))
        self._pending.clear()


def _is_of_interest(node: ast.expr, value: Any) -> bool:
    literal = node.operand if isinstance(node, ast.UnaryOp) else node
    if isinstance(literal, ast.Constant) or isinstance(value, _CODE) or getattr(node, "id", "") == "self":
        return False
    return isinstance(node, _SPOKEN_OF) or isinstance(value, (Known, *_NUMBERS)) and value is not None


def _inferred(run: Run, value: Any, callers: tuple[int, ...]) -> Inferred:
    value = run.memory.current(value)
    if not isinstance(value, Known):
        return Inferred(_text(run, value), calls=callers)
    origin = value.origin if value.origin is not None and value.origin.row else None
    return Inferred(shape_of(value), tuple(tuple(_axes(run, d)) for d in value.dims), origin, callers)


def _axes(run: Run, dimension: Any) -> Iterator[NamedAxis]:
    for axis in dimension:
        yield NamedAxis(run.labels.get(axis.name, ""), shown(axis.size))


def _text(run: Run, value: Any, depth: int = 0) -> str:
    """A value in words."""
    value = run.memory.current(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return repr(value)
    if isinstance(value, Known):
        return shape_of(value)
    if isinstance(value, Scalar):
        return "a number"
    if isinstance(value, Dim):
        return shown(value)
    if isinstance(value, tuple) and depth < 3:
        return f"a tuple of {_several(run, value, depth)}"
    if isinstance(value, Listing) and depth < 3:
        each = value.items
        if each is not None:
            return f"a list of {_several(run, each, depth)}"
        return f"a list, each element {_text(run, element_of(value), depth + 1)}"
    if isinstance(value, dict) and depth < 3:
        return f"a dictionary of {_several(run, list(value.values()), depth)}"
    return _of_object(run, value)


def _several(run: Run, values: Any, depth: int) -> str:
    return "; ".join(_text(run, each, depth + 1) for each in values) or "nothing"


def _of_object(run: Run, value: Any) -> str:
    if isinstance(value, Hole):
        assumed = run.memory.assumed(value)
        like = f", assumed to be {shape_of(assumed)}" if assumed is not None else ""
        return _of_hole(value, run.memory.is_number(value)) + like
    if isinstance(value, (ShapeOf, RankOf)):
        return f"the {'shape' if isinstance(value, ShapeOf) else 'rank'} of a tensor of unknown rank"
    if isinstance(value, Instance):
        return f"an object of `{value.cls.node.name}`"
    if isinstance(value, Layer):
        weight = value.parameters.get("weight")
        return f"a layer `{value.name}`" + (f" with weight {shape_of(known(weight, None))}" if weight else "")
    if isinstance(value, PatternLayer):
        return f"a layer `{value.reading.call.callee.name}` of `{value.reading.pattern.text}`"
    if isinstance(value, Sequential):
        return f"{len(value.modules or ())} layers one after the other"
    if isinstance(value, (Function, Class)):
        return f"`{getattr(value.node, 'name', 'lambda')}`"
    if isinstance(value, Library):
        return f"`{value.name}`"
    return "a partial call" if isinstance(value, Partial) else UNKNOWN


def _of_hole(hole: Hole, is_number: bool) -> str:
    """Nothing, a number, or the lengths of single dimensions."""
    if is_number:
        number = hole.computed()
        if number:
            return shown(number)
        return f"the number {hole.name}" if hole.name else "a number"
    sizes = hole.lengths
    if not sizes:
        return UNKNOWN
    known = " and ".join(f"shape[{place}] is {shown(size)}" for place, size in sorted(sizes.items()))
    return f"{UNKNOWN} but that {known}"
