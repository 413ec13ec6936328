"""What einlint infers of the operands and the result of every call with a pattern of a file."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from einlint.calls import Call, CallFinder, Reading
from einlint.dimensions import Dim
from einlint.shapes import analysis, patterns
from einlint.shapes.objects import Hole, Known, Listing
from einlint.shapes.run import Exhausted, Run
from einlint.source import Source, read
from tests.ground_truth.agreement import AROUND
from tests.ground_truth.tracing import Site

Shape = Any
"""The lengths of a tensor, a list of shapes that begins with "list", or None where the rank is not known.

Where some lengths are known all the same it begins with "around", and holds them with their places.
"""


@dataclass
class Inferred:
    """One reading of a call: its operands before and after the pattern was read, and the result.

    `callers` are the calls of the file that it was read through, innermost first: it holds for what is executed
    through these. One of a function with unknown arguments has none, and holds for all.
    """

    operands: tuple[ast.expr, ...]
    before: tuple[Shape, ...]
    after: tuple[Shape, ...]
    result: Shape
    callers: tuple[Site, ...] = ()


@dataclass
class Inferences:
    """All that was inferred in one file: the readings of each call, and which expressions are unknown.

    `readings` hold for every caller, those `in_context` for what is executed through their callers.
    """

    calls: dict[Site, Call] = field(default_factory=dict)
    readings: dict[Site, list[Inferred]] = field(default_factory=dict)
    in_context: dict[Site, list[Inferred]] = field(default_factory=dict)
    unknown: dict[ast.expr, bool] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def infer(path: Path) -> Inferences:
    """Read a file as einlint does. Raises ValueError where it has no syntax tree."""
    source = read(path.read_bytes(), str(path))
    if not isinstance(source, Source):
        raise ValueError(source.message)
    finder = CallFinder(source, {})
    calls = finder.calls()
    found = Inferences({site_of(path, call.node): call for call in calls})
    rows = {call.node.lineno for call in calls} | {each.lineno for each in finder.names.functions}
    with _recorded(path, found):
        for run, start in analysis.readings(finder, sorted(rows)):
            run.found = _Kept()
            run.watch = _noting(run, found)
            try:
                with suppress(RecursionError):
                    start()
            except Exhausted:
                found.failures.append(f"{path}: the budget is spent in {[getattr(n, 'name', n) for n in run.active]}")
            except Exception as error:
                found.failures.append(f"{path}: {type(error).__name__}: {error}")
            for each in run.found:
                if isinstance(each, _Recorded):
                    table = found.in_context if each.inferred.callers else found.readings
                    table.setdefault(each.site, []).append(each.inferred)
    return found


def site_of(path: Path, node: ast.Call) -> Site:
    assert node.end_lineno is not None and node.end_col_offset is not None
    return Site(str(path), node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)


@dataclass
class _Recorded:
    """Stands among the findings of a reading, so that it is dropped like one where a loop is read again."""

    site: Site
    inferred: Inferred


class _Kept(list[Any]):
    """The findings of a run. Those in a `try` go: what is inferred there holds all the same."""

    def __delitem__(self, place: Any) -> None:
        kept = [each for each in self[place] if isinstance(each, _Recorded)]
        super().__delitem__(place)
        if sys._getframe(1).f_code.co_name == "_try":
            self.extend(kept)


@contextmanager
def _recorded(path: Path, found: Inferences) -> Iterator[None]:
    applied, einsum, one_of = patterns.applied, patterns._einsum, patterns._one_of

    def note(run: Run, reading: Reading, nodes: Any, before: tuple[Shape, ...], operands: Any, result: Any) -> None:
        after = tuple(seen(run, operand) for operand in operands)
        callers = tuple(site_of(path, caller) for caller in reversed(run.callers))
        inferred = Inferred(tuple(nodes), before, after, seen(run, result), callers)
        run.found.append(_Recorded(site_of(path, reading.call.node), inferred))  # type: ignore[arg-type]

    def recording_applied(run: Run, reading: Reading, operand: Any, *rest: Any) -> Any:
        before = (seen(run, operand),)
        result = applied(run, reading, operand, *rest)
        note(run, reading, rest[2:3], before, (operand,), result)
        return result

    def recording_einsum(run: Run, reading: Reading, values: Any) -> Any:
        nodes, operands = patterns._operands(run, reading.call, values)
        if len(operands) == 1 and isinstance(run.memory.current(operands[0]), (Listing, tuple)):
            only = run.memory.current(operands[0])
            operands = list(only.items or [] if isinstance(only, Listing) else only)
        before = tuple(seen(run, operand) for operand in operands)
        result = einsum(run, reading, values)
        note(run, reading, nodes, before, operands, result)
        return result

    def recording_one_of(run: Run, call: Call, readings: Sequence[Reading], values: Any) -> Any:
        nodes = list(call.tensors) or [node for node in call.node.args if node is not call.pattern_node][:1]
        operands = [values.get(id(node), Hole()) for node in nodes]
        before = tuple(seen(run, operand) for operand in operands)
        result = one_of(run, call, readings, values)
        note(run, readings[0], nodes, before, operands, result)
        return result

    with ExitStack() as patches:
        patches.enter_context(patch.object(patterns, "_one_of", recording_one_of))
        patches.enter_context(patch.object(patterns, "applied", recording_applied))
        patches.enter_context(patch.object(patterns, "_einsum", recording_einsum))
        yield


def _noting(run: Run, found: Inferences) -> Callable[[ast.AST, Any], None]:
    def note(node: ast.AST, value: Any) -> None:
        if isinstance(node, ast.expr) and not run.callers:
            found.unknown[node] = isinstance(run.memory.current(value), Hole)

    return note


def seen(run: Run, value: Any) -> Shape:
    """What is known of a value at this moment. What a comment alone says is not: comments may be wrong."""
    value = run.memory.current(value)
    if isinstance(value, Known):
        return None if value.hearsay else value.shape
    if isinstance(value, Hole):
        return (
            (AROUND, *((at, run.memory.size(size)) for at, size in sorted(value.lengths.items())))
            if value.lengths
            else None
        )
    items = value.items if isinstance(value, Listing) else value
    return ("list", *(seen(run, item) for item in items)) if isinstance(items, (list, tuple)) else None


def lengths(shape: Shape) -> Iterator[Dim | None]:
    """Every length in a shape; None where a rank is not known."""
    if shape is None or shape[:1] == (AROUND,):
        yield None
    elif shape[:1] == ("list",):
        for each in shape[1:]:
            yield from lengths(each)
    else:
        yield from shape
