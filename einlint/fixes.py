"""Intents to verified edits to new text. The only caller of verification.

A round builds the rewrite of every intent, has each verified, and applies those that do not overlap,
inner ones first; rounds repeat until nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from einlint.calls import CallFinder, Reading
from einlint.checking import Settings, check
from einlint.findings import Edit, Finding, Fix, Safety, Span
from einlint.modules import Module, Place, edited, module_of

if TYPE_CHECKING:
    import libcst as cst

_MOST_ROUNDS = 10


@dataclass(frozen=True)
class Answer:
    """What verification says of one rewrite; `note` is why it says nothing."""

    verdict: str
    differs_in: tuple[str, ...] = ()
    note: str = ""
    devices: tuple[str, ...] = ()


Judge = Callable[[Mapping[str, Any]], Answer]


@dataclass
class Fixed:
    """The new content of a file, the findings whose fix was applied, those that are left, and what is to say."""

    data: bytes
    applied: list[Finding] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def with_fixes(findings: Sequence[Finding], data: bytes, path: str, settings: Settings, judge: Judge) -> list[Finding]:
    """The findings, each with an intent given its verified fix; where none can be built it stays without."""
    findings = [_with_comment(finding) for finding in findings]
    wanted = {Place(f.cell, f.intent.span) for f in findings if f.intent is not None and f.fix is None}
    module = module_of(data, path) if wanted else None
    if module is None:
        return findings
    built = _Built(module, wanted, settings)
    return [_with_fix(finding, built, judge) for finding in findings]


def fix(data: bytes, path: str, settings: Settings, judge: Judge, unsafe: bool = False) -> Fixed:
    """Apply every fix that verification agrees to. The result parses, and a second run changes nothing."""
    fixed = Fixed(data)
    for _ in range(_MOST_ROUNDS):
        fixed.left = with_fixes(check(fixed.data, path, settings).findings, fixed.data, path, settings, judge)
        chosen = _chosen([f for f in fixed.left if f.fix is not None and _may_apply(f.fix, unsafe)])
        if not chosen:
            break
        changed = edited(fixed.data, path, [(f.cell, edit) for f in chosen if f.fix for edit in f.fix.edits])
        if module_of(changed, path) is None:
            fixed.notes.append("a fix would break the syntax and was not applied: please report it")
            break
        fixed.data = changed
        fixed.applied += chosen
    else:
        fixed.left = list(check(fixed.data, path, settings).findings)
    return fixed


class _Built:
    """What rewrites need of one file: LibCST's calls and einlint's readings at the same places."""

    def __init__(self, module: Module, places: Collection[Place], settings: Settings) -> None:
        import libcst

        from einlint.rewrites.locate import locate

        self._spans = {place: span for place in places if (span := module.span(place)) is not None}
        spans = set(self._spans.values())
        finder = CallFinder(module.source, dict(settings.aliases))
        self._readings: dict[Span, Reading] = {}
        for call in finder.calls():
            if call.whole in spans:
                readings = finder.readings(call)
                if len(readings) == 1:
                    self._readings[call.whole] = readings[0]
        self._nodes = locate(libcst.parse_module(module.text), spans)

    def at(self, place: Place) -> tuple[Reading, cst.Call] | None:
        """The call at a place, None where it cannot be rewritten."""
        span = self._spans.get(place)
        if span is None or span not in self._readings or span not in self._nodes:
            return None
        return self._readings[span], self._nodes[span]


def _with_comment(finding: Finding) -> Finding:
    """The finding with its fix, where that changes a comment only."""
    intent = finding.intent
    if intent is None or not intent.comment:
        return finding
    edit = Edit(intent.span, intent.comment)
    return replace(finding, fix=Fix(f"Write `{intent.comment}`", (edit,), intent.safety))


def _with_fix(finding: Finding, built: _Built, judge: Judge) -> Finding:
    from einlint.rewrites.rewrite import Refusal, builder

    intent = finding.intent
    if intent is None or finding.fix is not None:
        return finding
    found = built.at(Place(finding.cell, intent.span))
    if found is None:
        return finding
    try:
        rewrite = builder(intent.rewrite)(*found)
    except Refusal:
        return finding
    answer = judge(rewrite.question)
    if answer.verdict == "different":
        return finding
    safety = Safety.UNSAFE if answer.differs_in or answer.verdict == "unknown" else rewrite.safety
    fix = Fix(
        rewrite.message, (Edit(intent.span, rewrite.code),), safety, answer.verdict, answer.differs_in, answer.devices
    )
    return replace(finding, fix=fix)


def _may_apply(fix: Fix, unsafe: bool) -> bool:
    return fix.safety is Safety.SAFE or (unsafe and fix.safety is Safety.UNSAFE)


def _chosen(findings: list[Finding]) -> list[Finding]:
    """The findings whose edits can be applied together, shorter spans first."""
    taken: list[Place] = []
    chosen = []
    for finding in sorted(findings, key=_extent):
        places = [Place(finding.cell, edit.span) for edit in finding.fix.edits] if finding.fix else []
        if not any(place.overlaps(other) for place in places for other in taken):
            taken += places
            chosen.append(finding)
    return chosen


def _extent(finding: Finding) -> tuple[int, int, Span]:
    (first, start), (last, end) = finding.span if finding.intent is None else finding.intent.span
    return last - first, end - start, finding.span
