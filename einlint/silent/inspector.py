"""Watches inference and collects what the detectors of silent bugs find."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from einlint.calls import CallFinder
from einlint.findings import Position, Related, Span
from einlint.names import last_name
from einlint.shapes.objects import Frame, Known, Step
from einlint.shapes.run import Run
from einlint.silent.pairing import equally_long, paired
from einlint.silent.splits import Splits
from einlint.silent.suspicion import Suspicion

OPERATIONS: list[Callable[[Inspector, Run, Step, Any], None]] = []
"""What is asked about every operation that succeeded."""

OF_INTEREST = frozenset({"view", "reshape", "view_as", "reshape_as", "squeeze"})
"""Functions and methods that make a function worth reading although it holds no call of einops or einsum."""


class Inspector:
    """The observer of one file. Each suspicion is kept once, the first way that led to it."""

    def __init__(self, finder: CallFinder) -> None:
        self.finder = finder
        self.source = finder.source
        self.splits = Splits()
        self.patterns_read: dict[int, set[str]] = {}
        self.kept: list[Frame] = []
        self.written: set[str] = set()
        self.found: dict[tuple[str, Span], Suspicion] = {}

    def rows_of_interest(self) -> Iterator[int]:
        """The rows of calls that are worth reading."""
        for call, _ in self.finder.names.calls:
            if last_name(call.func) in OF_INTEREST:
                yield call.lineno

    def operated(self, run: Run, step: Step, result: Any) -> None:
        for detector in OPERATIONS:
            detector(self, run, step, result)
        self.note_pairs(step)

    def note_pairs(self, step: Step) -> None:
        """Remember which axes run together, and which are the parts of one dimension."""
        if step.reading is not None:
            for tensor in step.operands:
                for dimension in tensor.dims:
                    self.splits.note(dimension)
        for dimensions in paired(step):
            single = [d[0] for d in equally_long(dimensions) if len(d) == 1]
            if len({axis.name for axis in single}) > 1:
                self.splits.join(single)

    def wrote(self, run: Run, tensor: Known, node: ast.expr) -> None:
        self.written.update(axis.name for axis in tensor.axes)

    def suspicions(self) -> list[Suspicion]:
        """What was found, in the order of the file."""
        return sorted(self.found.values(), key=lambda each: (each.span, each.rule))

    def is_fresh(self, tensor: Known) -> bool:
        """Whether a tensor holds what a constructor put there: constants, noise, a parameter to be learned."""
        made = tensor.made
        return made is not None and not made.operands and not self.written.intersection(a.name for a in tensor.axes)

    def suspect(
        self, run: Run, rule: str, where: ast.expr | Span, message: str, related: Iterable[tuple[str, int]] = ()
    ) -> None:
        """Note a suspicion; of a function that was called with known arguments, only what certainly happens."""
        if run.callers and run.unsure:
            return
        span = where if isinstance(where, Span) else self.source.span(where)
        places = [Related(text, Span(Position(row, 1), Position(row, 1))) for text, row in related if row]
        places += [Related("called from here", self.source.span(caller)) for caller in run.callers]
        self.found.setdefault((rule, span), Suspicion(rule, span, message, tuple(places)))
