"""Watches inference and collects what the detectors of silent bugs find."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from einlint.calls import CallFinder, Reading
from einlint.dimensions.steps import TooLarge
from einlint.findings import Intent, Position, Related, Span
from einlint.names import last_name
from einlint.program.terms import Axis
from einlint.program.value import Dimension
from einlint.shapes.analysis import holds
from einlint.shapes.objects import Frame, Hole, Known, Step
from einlint.shapes.run import Run
from einlint.silent.interest import rows_of_interest
from einlint.silent.pairing import PAIRING, columns, paired
from einlint.silent.reversals import disagreements
from einlint.silent.splits import Splits
from einlint.silent.suspicion import Suspicion

Detector = Callable[["Inspector", Run, Step, Any], None]
WITH_PATTERN = "->"
OPERATIONS: list[tuple[Detector, frozenset[str] | None]] = []
"""What is asked about operations that succeeded: those whose names end so, WITH_PATTERN for all that have a pattern,
None for every one."""

DIVISIONS: list[Callable[[Inspector, Run, Known, Any, ast.expr], None]] = []
"""What is asked about every division of a tensor by a length."""

UNKNOWN_CALLS: list[Callable[[Inspector, Run, Hole, str, int, ast.Call], None]] = []
"""What is asked about every call of a tensor of unknown rank."""

WRITES: list[Callable[[Inspector, Run, Known, ast.expr], None]] = []
"""What is asked about every assignment to elements of a tensor."""

IN_PLACE: list[Callable[[Inspector, Run, Known, ast.expr], None]] = []
"""What is asked about every tensor that is changed in place, as a whole or in parts."""

MEETINGS: list[Callable[[Inspector, Run, Step, Sequence[Dimension]], Any]] = []
"""What is asked about dimensions that are paired, of which one belongs to a tensor of unknown rank."""

_ABOUT_ORDER = ("split-merge-order", "swapped-axis-names")


class Inspector:
    """The observer of one file. Each expression is suspected once.

    `counted` are softmaxes and a dimension of theirs over which the weights are summed alone, and `unless_counted` what
    is suspected where they are not.
    """

    def __init__(self, finder: CallFinder) -> None:
        self.finder = finder
        self.source = finder.source
        self.splits = Splits()
        self._patterns_read: dict[int, tuple[Frame, set[str]]] = {}
        self.written: set[str] = set()
        self.pending: dict[str, tuple[Step, Known]] = {}
        self.found: dict[Span, tuple[int, Suspicion]] = {}
        self.counted: set[tuple[ast.expr, int]] = set()
        self.unless_counted: dict[tuple[ast.expr, int], dict[Span, tuple[int, Suspicion]]] = {}

    def rows_of_interest(self) -> Iterator[int]:
        """The rows of calls that are worth reading."""
        yield from rows_of_interest(self.finder)
        yield from self._rows_of_callers()

    def _rows_of_callers(self) -> Iterator[int]:
        """Calls in functions that call two others of the file with patterns: what one merges the other may split."""
        names = self.finder.names
        held = {function.name for function in names.functions if holds(function, self.finder.rows)}
        if len(held) < 2:
            return
        named = ((call.lineno, last_name(call.func)) for call, _ in names.calls)
        calls = sorted(each for each in named if each[1] in held)
        for function in names.functions:
            first, last = function.lineno, function.end_lineno or function.lineno
            inside = calls[bisect_left(calls, (first, "")) : bisect_left(calls, (last + 1, ""))]
            if len({name for _, name in inside} - {function.name}) > 1:
                yield inside[0][0]

    def operated(self, run: Run, step: Step, result: Any) -> None:
        _ask(_asked_about(step.function, step.reading is not None), self, run, step, result)
        _ask([Inspector._note], self, step, result)

    def _note(self, step: Step, result: Any) -> None:
        """Remember which axes run together, and which are the parts of one dimension."""
        for each in result if isinstance(result, tuple) else (result,):
            if isinstance(each, Known):
                self.splits.note_cut(each, step.node)
        if step.reading is not None:
            for tensor in step.operands:
                for dimension in tensor.dims:
                    self.splits.note(dimension)
        if step.function in PAIRING:
            for dimensions in paired(step):
                for axes in columns(dimensions):
                    if len({axis.name for axis in axes}) > 1:
                        self.splits.join(axes)

    def read_in(self, frame: Frame) -> set[str]:
        """The inputs of the patterns that an activation of a function has read."""
        return self._patterns_read.setdefault(id(frame), (frame, set()))[1]

    def divided(self, run: Run, tensor: Known, number: Any, node: ast.expr) -> None:
        _ask(DIVISIONS, self, run, tensor, number, node)

    def cut(self, run: Run, result: Known, node: ast.expr) -> None:
        with suppress(TooLarge):
            self.splits.note_cut(result, node)

    def met(self, run: Run, axis: Axis, tensor: Known, node: ast.expr) -> None:
        meeting = Step("meeting", node, (tensor,), (getattr(node, "right", node),))
        _ask(MEETINGS, self, run, meeting, [(axis,), tensor.dims[0]])

    def called_unknown(self, run: Run, hole: Hole, name: str, given: int, node: ast.Call) -> None:
        _ask(UNKNOWN_CALLS, self, run, hole, name, given, node)

    def wrote(self, run: Run, tensor: Known, node: ast.expr) -> None:
        if isinstance(node, ast.Subscript):
            _ask(WRITES, self, run, tensor, node)
        _ask(IN_PLACE, self, run, tensor, node.value if isinstance(node, ast.Subscript) else node)
        self.written.update(axis.name for axis in tensor.axes)

    def suspicions(self) -> list[Suspicion]:
        """What was found, in the order of the file."""
        held = dict(self.found)
        for weights, suspected in self.unless_counted.items():
            held |= suspected if weights not in self.counted else {}
        found = [each for _, each in held.values()]
        found += disagreements(self.finder, [each for each in found if each.rule in _ABOUT_ORDER])
        return sorted(found, key=lambda each: (each.span, each.rule))

    def is_fresh(self, tensor: Known) -> bool:
        """Whether a tensor holds what a constructor put there: constants, noise, a parameter to be learned."""
        made = tensor.made
        alone = made is not None and (not made.operands or made.function.endswith("_like"))
        return alone and not self.written.intersection(a.name for a in tensor.axes)

    def suspect(
        self,
        run: Run,
        rule: str,
        where: ast.expr,
        message: str,
        related: Iterable[tuple[str, int]] = (),
        span: Span | None = None,
        intent: Intent | None = None,
        unless_counted: tuple[ast.expr, int] | None = None,
    ) -> None:
        """Note a suspicion of an expression, one for each: the one that was found with the fewest known arguments.

        Of a function that was called with known arguments, only what certainly happens counts.
        """
        if run.callers and run.unsure:
            return
        whole = self.source.span(where)
        noted = self.found if unless_counted is None else self.unless_counted.setdefault(unless_counted, {})
        known, before = len(run.callers), noted.get(whole)
        if before is not None and (before[0] <= known):
            return
        places = [Related(text, Span(Position(row, 1), Position(row, 1))) for text, row in related if row]
        places += [Related("called from here", self.source.span(caller)) for caller in run.callers]
        noted[whole] = (known, Suspicion(rule, span or whole, message, tuple(places), intent))

    def is_merged_back(self, run: Run, reading: Reading) -> bool:
        """Whether a group that a pattern splits is merged in the same order by another one of the function."""
        first, last = self._rows_read(run)
        split = {group.text for each in reading.pattern.inputs for group in each.groups if len(group.axes) > 1}
        for call in self.finder.calls():
            if first <= call.node.lineno <= last:
                for other in self.finder.readings(call):
                    output = other.pattern.output
                    if output is not None and not split.isdisjoint(group.text for group in output.groups):
                        return True
        return False

    def in_loop(self, run: Run, node: ast.expr) -> bool:
        """Whether an expression is read again and again: in a loop of its function."""
        return bool(self.loop_around(run, node))

    def loop_around(self, run: Run, node: ast.expr) -> range:
        """The rows of the outermost loop of its function that an expression is in, none where there is none."""
        first, last = self._rows_read(run)
        loops = (range(start, end + 1) for start, end in self.finder.names.loops if first <= start <= last)
        return next((rows for rows in sorted(loops, key=len, reverse=True) if node.lineno in rows), range(0))

    def body_read(self, run: Run) -> ast.AST:
        """The function that is read, or the file."""
        return run.active[-1] if run.active else self.source.tree

    def _rows_read(self, run: Run) -> tuple[int, int]:
        """The first and last row of the function that is read, or of the file."""
        body = self.body_read(run)
        return getattr(body, "lineno", 1), getattr(body, "end_lineno", None) or len(self.source.lines)


@cache
def _asked_about(function: str, has_pattern: bool) -> tuple[Detector, ...]:
    """The detectors of an operation, in the order in which they were entered."""
    names = {function, WITH_PATTERN} if has_pattern else {function}
    return tuple(detector for detector, about in OPERATIONS if about is None or not about.isdisjoint(names))


def _ask(detectors: Iterable[Callable[..., Any]], *about: Any) -> None:
    """Ask detectors; one whose lengths grow too large to compare says nothing."""
    for detector in detectors:
        try:
            detector(*about)
        except TooLarge:
            continue
