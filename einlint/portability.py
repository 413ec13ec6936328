"""Which calls of a file each export target takes, why not, and whether a verified fix mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from einlint.calls import CallFinder
from einlint.checking import Settings, check
from einlint.findings import Finding, Position, Safety, Span
from einlint.fixes import Judge, with_fixes
from einlint.modules import Module, Place, module_of
from einlint.registry import PORTABILITY, matching
from einlint.targets.exported import Exported, exported
from einlint.targets.table import aims, on_the_way


@dataclass(frozen=True)
class Reason:
    """Why a target does not take a call. `fixable` says whether `--fix` mends it, None where that was not tried."""

    code: str
    name: str
    message: str
    fixable: bool | None = None


@dataclass(frozen=True)
class Use:
    """A call that an export sees, with what each target says against it, by the name that was asked for.

    `path` is absolute, `cell` the notebook cell that rows are counted in.
    """

    path: str
    cell: int | None
    span: Span
    text: str
    reasons: Mapping[str, tuple[Reason, ...]]

    def taken(self, target: str) -> bool:
        """Whether a target takes the call as it is."""
        return not self.reasons[target]

    def taken_when_fixed(self, target: str) -> bool:
        """Whether it does after `--fix`."""
        return all(reason.fixable for reason in self.reasons[target])


def uses(data: bytes, path: str, settings: Settings, judge: Judge | None = None) -> list[Use]:
    """The calls of a file in order, for the targets of the settings; none where it cannot be read."""
    module = module_of(data, path)
    if module is None:
        return []
    places = _places(module, settings)
    found: dict[Span, dict[str, list[Reason]]] = {span: {} for span in places}
    for name in settings.targets:
        for finding in _findings(name, data, path, settings, judge):
            span = module.span(Place(finding.cell, finding.span))
            if span is not None:
                reasons = found.setdefault(_holder(span, places), {}).setdefault(name, [])
                reasons.append(_reason(finding, judge))
    return [_use(module, path, span, found[span], settings.targets) for span in sorted(found)]


def _places(module: Module, settings: Settings) -> list[Span]:
    """The spans of the calls that an export sees."""
    finder = CallFinder(module.source, dict(settings.aliases))
    subjects = exported(finder, finder.calls(), aims(settings.targets)[:1])
    return sorted({subject.call.whole for subject in subjects if isinstance(subject, Exported)})


def _findings(name: str, data: bytes, path: str, settings: Settings, judge: Judge | None) -> list[Finding]:
    """What one target does not take, and what refuses it on the way there."""
    chosen = aims(settings.targets)
    way = {aim.target.name: aim for aim in on_the_way(aims((name,))[0], chosen)}
    names = tuple(n for n in settings.targets if n == name or aims((n,))[0] in way.values())
    alone = replace(settings, enabled=matching(PORTABILITY), targets=names, noqa=False)
    findings = list(check(data, path, alone).findings)
    return findings if judge is None else with_fixes(findings, data, path, alone, judge)


def _reason(finding: Finding, judge: Judge | None) -> Reason:
    fix = finding.fix
    fixable = None if judge is None else fix is not None and fix.safety is Safety.SAFE
    return Reason(finding.code, finding.name, finding.message, fixable)


def _holder(span: Span, places: list[Span]) -> Span:
    """The innermost call that a span lies in, itself where it lies in none."""
    around = [place for place in places if place.start <= span.start and span.end <= place.end]
    return max(around, key=lambda place: (place.start, [-part for part in place.end]), default=span)


def _use(module: Module, path: str, span: Span, reasons: Mapping[str, list[Reason]], targets: tuple[str, ...]) -> Use:
    cell, shift = _cell(module, span.start.row)
    rows = module.source.lines[span.start.row - 1 : span.end.row]
    rows[-1] = rows[-1][: span.end.column - 1]
    text = " ".join(row.strip() for row in [rows[0][span.start.column - 1 :], *rows[1:]])
    moved = Span(*(Position(row - shift, column) for row, column in span))
    return Use(path, cell, moved, text, {name: tuple(reasons.get(name, ())) for name in targets})


def _cell(module: Module, row: int) -> tuple[int | None, int]:
    """The notebook cell of a row of the text, and how many rows come before it."""
    return max(
        ((cell, rows) for cell, rows in module.before.items() if rows < row), key=lambda c: c[1], default=(None, 0)
    )
