"""Which calls of a file each export target takes, why not, and whether a verified fix mends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from einlint.calls import CallFinder
from einlint.checking import check
from einlint.findings import Finding, Position, Safety, Span
from einlint.fixes import Judge, with_fixes
from einlint.lazily import dataclass
from einlint.modules import Module, Place, module_of
from einlint.registry import PORTABILITY, matching
from einlint.settings import Settings
from einlint.targets.exported import Exported, exported, seen
from einlint.targets.table import aims, on_the_way

_BREAKING = ("EIN0", "EIN1", "EIN2")
_BESIDE = ("annotation-mismatch", "stale-shape-comment", "call-mismatch")
"""Of the rules about shapes, those that are about what stands beside a call."""


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

    `path` is absolute, `cell` the notebook cell that rows are counted in. `broken` is why it raises wherever it runs:
    no target is asked about such a call.
    """

    path: str
    cell: int | None
    span: Span
    text: str
    reasons: Mapping[str, tuple[Reason, ...]]
    broken: tuple[Reason, ...] = ()

    def taken(self, target: str) -> bool:
        """Whether a target takes the call as it is."""
        return not self.broken and not self.reasons[target]

    def taken_when_fixed(self, target: str) -> bool:
        """Whether it does after `--fix`."""
        return not self.broken and all(reason.fixable for reason in self.reasons[target])


def uses(data: bytes, path: str, settings: Settings, judge: Judge | None = None) -> list[Use]:
    """The calls of a file in order, for the targets of the settings; none where it cannot be read."""
    module = module_of(data, path)
    if module is None:
        return []
    finder = CallFinder(module.source, dict(settings.aliases))
    calls = finder.calls()
    subjects = exported(finder, calls, aims(settings.targets)[:1])
    places = {subject.call.whole for subject in subjects if isinstance(subject, Exported)}
    seen_calls = sorted({call.whole for call in seen(finder, calls)})
    broken = _gathered(_broken(data, path, settings), module, seen_calls, within=True)
    found: dict[Span, dict[str, list[Reason]]] = {span: {} for span in places | broken.keys()}
    for name in settings.targets:
        findings = _findings(name, data, path, settings, judge)
        for span, those in _gathered(findings, module, sorted(found)).items():
            if span not in broken:
                found.setdefault(span, {})[name] = [_reason(finding, judge) for finding in those]
    reasons = {span: [_reason(finding, None) for finding in those] for span, those in broken.items()}
    return [_use(module, path, span, found[span], settings.targets, reasons.get(span, ())) for span in sorted(found)]


def _gathered(
    findings: list[Finding], module: Module, calls: list[Span], within: bool = False
) -> dict[Span, list[Finding]]:
    """Findings by the innermost call that they lie in; those `within` none are left out, or stand for themselves."""
    found: dict[Span, list[Finding]] = {}
    for finding in findings:
        span = module.span(Place(finding.cell, finding.span))
        if span is not None:
            holder = _holder(span, calls)
            if holder in calls or not within:
                found.setdefault(holder, []).append(finding)
    return found


def _broken(data: bytes, path: str, settings: Settings) -> list[Finding]:
    """What makes calls raise, whichever rules are on."""
    return list(check(data, path, replace(settings, enabled=_breaking(), targets=(), noqa=False)).findings)


@cache
def _breaking() -> frozenset[str]:
    return frozenset().union(*map(matching, _BREAKING)) - frozenset().union(*map(matching, _BESIDE))


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


def _use(
    module: Module, path: str, span: Span, reasons: Mapping[str, list[Reason]], targets: tuple[str, ...],
    broken: Sequence[Reason],
) -> Use:  # fmt: skip
    cell, shift = _cell(module, span.start.row)
    rows = module.source.lines[span.start.row - 1 : span.end.row]
    rows[-1] = rows[-1][: span.end.column - 1]
    text = " ".join(row.strip() for row in [rows[0][span.start.column - 1 :], *rows[1:]])
    moved = Span(*(Position(row - shift, column) for row, column in span))
    return Use(path, cell, moved, text, {name: tuple(reasons.get(name, ())) for name in targets}, tuple(broken))


def _cell(module: Module, row: int) -> tuple[int | None, int]:
    """The notebook cell of a row of the text, and how many rows come before it."""
    return max(
        ((cell, rows) for cell, rows in module.before.items() if rows < row), key=lambda c: c[1], default=(None, 0)
    )
