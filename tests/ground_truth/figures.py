"""Compares what was recorded with what is inferred, call by call, and counts."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
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
    """What is known at the executed calls. A call counts once, by what holds for all its readings."""

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
        for what, test in (("rank", ranked), ("sizes", named)):
            known = [*readings, *found.in_context.get(site, ())]
            self.counts[f"{what} before, for some caller,"] += any(test(reading.before) for reading in known)
        for what, test in (("rank", ranked), ("sizes", named)):
            self.counts[f"{what} before"] += bool(readings) and all(test(reading.before) for reading in readings)
            self.counts[f"{what} after"] += bool(readings) and all(test(reading.after) for reading in readings)
        after = bool(readings) and all(ranked(reading.after) for reading in readings)
        given = [reading.after for reading in found.in_context.get(site, ())]
        in_file = after or bool(given) and all(map(ranked, given))
        self.counts["rank after, in the calls of the file,"] += in_file
        relative = bool(readings) and all(placed(reading.after) for reading in readings)
        self.counts["rank after, or that around `...`,"] += in_file or relative
        if not (readings and all(ranked(reading.after) for reading in readings)):
            self.unknown.append(site)
        elif not all(ranked(reading.before) for reading in readings):
            self.guessed.append(site)
        elif not all(named(reading.after) for reading in readings):
            self.unsized.append(site)
        for execution in executions:
            answers = [_allows(reading, execution) for reading in readings]
            if answers and not any(answers):
                kind = self.undecided if None in answers else self.contradictions
                kind.append(Contradiction(site, execution, readings))
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

    for file in sorted(files):
        loaded = json.loads(file.read_text(encoding="utf-8"))
        for written, runs in loaded["found"]:
            if (site := kept(written)) is not None:
                result.executions[Path(site.path)].setdefault(site, []).extend(Execution(*run) for run in runs)
        for group in loaded.get("together", ()):
            calls = [(site, Execution(*run)) for written, run in group if (site := kept(written)) is not None]
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
