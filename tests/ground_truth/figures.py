"""Compares what was recorded with what is inferred, call by call, and counts."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from einlint.dimensions import Dim
from tests.ground_truth.agreement import AROUND, agree
from tests.ground_truth.inference import Inferences, Inferred, infer, lengths
from tests.ground_truth.tracing import Execution, Site


class Contradiction(NamedTuple):
    """An execution that no reading of the call allows."""

    site: Site
    execution: Execution
    readings: list[Inferred]

    def __str__(self) -> str:
        path, row, column, *_ = self.site
        said = "\n".join(f"  inferred {shown(r.before)} | {shown(r.after)} -> {shown(r.result)}" for r in self.readings)
        return f"{path}:{row}:{column + 1}\n{said}\n  real     {self.execution.operands} -> {self.execution.result}"


@dataclass
class Figures:
    """What is known at the executed calls.

    A call counts once, by what holds for all its readings with unknown arguments; "for the calls that led there" by
    what holds for every execution of it, where functions are called from the same file.
    """

    executed: int = 0
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    unknown: list[Site] = field(default_factory=list)
    guessed: list[Site] = field(default_factory=list)
    unsized: list[Site] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    undecided: list[Contradiction] = field(default_factory=list)
    groups: int = 0
    apart: list[Together] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def add(self, site: Site, executions: list[Execution], found: Inferences) -> None:
        self.executed += 1
        readings = found.readings.get(site, [])
        through = [_applying(found, site, execution) for execution in executions]
        for what, test in (("rank", ranked), ("sizes", named)):
            for when in ("before", "after"):
                known = _is_known(readings, when, test)
                self.counts[f"{what} {when}"] += known
                self.counts[f"{what} {when}, for the calls that led there,"] += known or all(
                    any(_is_known(group, when, test) for group in groups) for groups in through
                )
        relative = all(any(_is_known(group, "after", placed) for group in groups) for groups in through)
        self.counts["rank after, or that around `...`,"] += relative
        if not _is_known(readings, "after", ranked):
            self.unknown.append(site)
        elif not _is_known(readings, "before", ranked):
            self.guessed.append(site)
        elif not _is_known(readings, "after", named):
            self.unsized.append(site)
        for execution, groups in zip(executions, through, strict=True):
            answers = [_decided(group, execution) for group in groups]
            if False in answers or None in answers:
                kind = self.contradictions if False in answers else self.undecided
                kind.append(Contradiction(site, execution, [each for group in groups for each in group]))
                break

    def add_together(self, group: Together, found: Inferences) -> None:
        """Calls of one activation share the symbols that they have in common."""
        read = [(run, readings[0]) for site, run in group if len(readings := found.readings.get(site, [])) == 1]
        if len(read) < 2:
            return
        self.groups += 1
        inferred = [shape for _, reading in read for shape in (*reading.after, reading.result)]
        real = [shape for run, _ in read for shape in (*run.operands, run.result)]
        if agree(inferred, real) is False:
            self.apart.append(group)

    def __str__(self) -> str:
        rows = [
            f"{self.executed} calls executed: {len(self.contradictions)} contradict inference",
            f"{len(self.undecided)} calls where that was not decided",
            f"{self.groups} activations of functions with several calls: {len(self.apart)} contradict inference",
        ]
        for what, count in self.counts.items():
            rows.append(f"{what + ' the pattern is read':57} {count:5} {count / max(self.executed, 1):6.1%}")
        return "\n".join(rows)


def _applying(found: Inferences, site: Site, execution: Execution) -> list[list[Inferred]]:
    """The readings that hold for an execution, by the calls that led there."""
    groups: dict[tuple[Site, ...], list[Inferred]] = defaultdict(list)
    for reading in (*found.readings.get(site, ()), *found.in_context.get(site, ())):
        if execution.callers[: len(reading.callers)] == reading.callers:
            groups[reading.callers].append(reading)
    return list(groups.values())


def _is_known(readings: list[Inferred], when: str, test: Callable[[Iterable[Any]], bool]) -> bool:
    return bool(readings) and all(test(getattr(reading, when)) for reading in readings)


def _decided(readings: list[Inferred], execution: Execution) -> bool | None:
    """Whether one of the readings of one way agrees with an execution; None where that is not decided."""
    answers = [_allows(reading, execution) for reading in readings]
    return True if any(answers) else None if None in answers else False


def ranked(shapes: Iterable[Any]) -> bool:
    return all(size is not None for shape in shapes for size in lengths(shape))


def placed(shapes: Iterable[Any]) -> bool:
    """Whether of every tensor the rank is known, or what the pattern reads before and after `...` or `*`."""
    flat = [part for shape in shapes for part in (shape[1:] if shape and shape[:1] == ("list",) else [shape])]
    return all(shape and (shape[:1] == (AROUND,) or ranked([shape])) for shape in flat)


def named(shapes: Iterable[Any]) -> bool:
    return all(size is not None and is_named(size) for shape in shapes for size in lengths(shape))


def is_named(size: Dim) -> bool:
    """Whether every symbol of a length has a name in the source."""
    return not any(symbol.lstrip("~").startswith("_@") for symbol in size.symbols)


def _allows(reading: Inferred, execution: Execution) -> bool | None:
    """Whether a reading agrees with an execution; None where that is not decided."""
    real = execution.operands
    before = agree(reading.before, real)
    return before and agree((*reading.after, reading.result), (*real, execution.result))


def shown(shapes: Any) -> str:
    if isinstance(shapes, tuple):
        return f"({', '.join(map(shown, shapes))})"
    return "?" if shapes is None else str(shapes)


Together = list[tuple[Site, Execution]]


@dataclass
class Recorded:
    """The executions of every call by source file, and those of one activation of a function."""

    executions: dict[Path, dict[Site, list[Execution]]] = field(default_factory=lambda: defaultdict(dict))
    together: dict[Path, list[Together]] = field(default_factory=lambda: defaultdict(list))


def recorded(files: Iterable[Path]) -> Recorded:
    """What was recorded; of a module that several packages bring, one version counts."""
    result = Recorded()
    chosen: dict[str, Path] = {}
    contents = cache(Path.read_bytes)

    def kept(written: list[Any]) -> Site | None:
        path = Path(written[0])
        first = chosen.setdefault(_module(path), path)
        return Site(str(first), *written[1:]) if first == path or contents(first) == contents(path) else None

    def execution(site: Site, written: list[Any], run: list[Any]) -> Execution:
        operands, result, *rest = run
        callers = (Site(str(site.path if path == written[0] else path), *place) for path, *place in chain(*rest))
        return Execution(operands, result, tuple(callers))

    for file in sorted(files):
        loaded = json.loads(file.read_text(encoding="utf-8"))
        for written, runs in loaded["found"]:
            if (site := kept(written)) is not None:
                result.executions[Path(site.path)].setdefault(site, []).extend(
                    execution(site, written, run) for run in runs
                )
        for group in loaded.get("together", ()):
            calls = [
                (site, execution(site, written, run)) for written, run in group if (site := kept(written)) is not None
            ]
            if calls:
                result.together[Path(calls[0][0].path)].append(calls)
    return result


def _module(path: Path) -> str:
    top = path.parent
    while (top / "__init__.py").exists():
        top = top.parent
    return str(path.relative_to(top))


def compare(found: Recorded, slow: float = 2.0) -> tuple[Figures, dict[Path, Inferences]]:
    """The figures of everything recorded, and what was inferred of each file."""
    figures, inferences = Figures(), {}
    for path, sites in sorted(found.executions.items()):
        start = time.perf_counter()
        inferences[path] = of_file = infer(path)
        if (taken := time.perf_counter() - start) > slow:
            figures.slow.append(f"{path}: {taken:.1f} s")
        figures.failures += of_file.failures
        for site, executions in sorted(sites.items()):
            if site in of_file.calls:
                figures.add(site, executions, of_file)
        for group in found.together[path]:
            figures.add_together(group, of_file)
    return figures, inferences
