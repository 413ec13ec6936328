"""Intents to verified edits to new text. The only caller of verification.

A round builds the rewrite of every intent, has each verified, and applies those that do not overlap,
inner ones first; rounds repeat until nothing changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from einlint.callables import Kind
from einlint.calls import Call, CallFinder, Reading
from einlint.checking import check
from einlint.findings import Edit, Finding, Fix, Fresh, Position, Repair, Safety, Span
from einlint.lazily import dataclass
from einlint.modules import Module, Place, edited, module_of
from einlint.patterns.model import Pattern
from einlint.settings import Settings
from einlint.source import PARSING
from einlint.texts import Text

if TYPE_CHECKING:
    from einlint.rewrites.rewrite import Rewrite
    from einlint.rewrites.surroundings import Site

_MOST_ROUNDS = 20
_ASKED_AT_ONCE = 4
UNASKED = "unasked"
_VERIFIED = ("proved", "tested")
WRONG = "an error of einlint: its new code is not equal, so nothing was changed; please report the call"


@dataclass(frozen=True)
class Answer:
    """What verification says of one rewrite; `note` is why it says nothing."""

    verdict: str
    differs_in: tuple[str, ...] = ()
    note: str = ""
    devices: tuple[str, ...] = ()


Judge = Callable[[Mapping[str, Any]], Answer]


@dataclass()
class Fixed:
    """The new content of a file, the findings whose fix was applied, those that are left, and what is to say."""

    data: bytes
    applied: list[Finding] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def with_fixes(
    findings: Sequence[Finding], data: bytes, path: str, settings: Settings, judge: Judge, unsafe: bool = False
) -> list[Finding]:
    """The findings, each with an intent given its verified fix; where there is none, they say why.

    `unsafe` asks for named forms that differ at an edge.
    """
    findings = [_with_comment(finding) for finding in findings]
    wanted = {Place(f.cell, f.intent.span) for f in findings if f.intent is not None and f.fix is None}
    with PARSING:
        module = module_of(data, path) if wanted else None
        if module is None:
            return findings
        sites = _Sites(module, wanted, settings, unsafe)
        built = [_built(finding, sites) for finding in findings]
    asked = [rewrite.question for rewrite in built if not isinstance(rewrite, str) and rewrite.question is not None]
    with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:
        answers = dict(zip(map(id, asked), pool.map(judge, asked), strict=True))
    return [
        _with_fix(finding, rewrite, answers.get(id(getattr(rewrite, "question", None))), module)
        for finding, rewrite in zip(findings, built, strict=True)
    ]


def fix(
    data: bytes, path: str, settings: Settings, judge: Judge, unsafe: bool = False, fresh: Fresh | None = None
) -> Fixed:
    """Apply every fix that verification agrees to. The result parses, and a second run changes nothing.

    `fresh` picks the findings that matter.
    """
    fixed = Fixed(data)
    for _ in range(_MOST_ROUNDS):
        fixed.left = with_fixes(_found(fixed.data, path, settings, fresh), fixed.data, path, settings, judge, unsafe)
        chosen = _chosen([f for f in fixed.left if f.fix is not None and _may_apply(f.fix, unsafe)])
        if not chosen:
            break
        edits = {(f.cell, edit): None for f in chosen if f.fix for edit in f.fix.edits}
        changed = edited(fixed.data, path, edits)
        with PARSING:
            parses = module_of(changed, path) is not None
        if not parses:
            fixed.notes.append("a fix would break the syntax and was not applied: please report it")
            break
        fixed.data = changed
        fixed.applied += chosen
    else:
        fixed.left = _found(fixed.data, path, settings, fresh)
    fixed.notes += [f"row {f.span.start.row}: {f.unfixed}" for f in fixed.left if f.unfixed == WRONG]
    return fixed


def _found(data: bytes, path: str, settings: Settings, fresh: Fresh | None) -> list[Finding]:
    """The findings of a file, while no other is read."""
    with PARSING:
        findings = check(data, path, settings).findings
    return list(fresh(findings, data) if fresh else findings)


class _Sites:
    """What rewrites need of one file: LibCST's calls and einlint's readings at the same places."""

    def __init__(self, module: Module, places: Collection[Place], settings: Settings, unsafe: bool) -> None:
        from einlint.rewrites.locate import locate
        from einlint.rewrites.surroundings import Surroundings

        self._module, self._unsafe = module, unsafe
        self._spans = {place: span for place in places if (span := module.span(place)) is not None}
        spans = set(self._spans.values())
        finder = CallFinder(module.source, dict(settings.aliases))
        calls = [call for call in finder.calls() if call.whole in spans]
        self._readings = {c.whole: found[0] for c in calls if len(found := _readings(finder, c)) == 1}
        self.file = Surroundings(module.source, module.text, finder)
        self._nodes = locate(self.file, [call.node for call in calls])

    def span(self, place: Place) -> Span:
        """The place in the text. Raises Refusal where a magic command is replaced by Python there."""
        from einlint.rewrites.rewrite import Refusal

        span = self._spans.get(place)
        if span is None:
            raise Refusal("it stands beside a magic command")
        return span

    def at(self, place: Place) -> Site:
        """The call at a place. Raises Refusal where it cannot be rewritten."""
        from einlint.rewrites.rewrite import Refusal
        from einlint.rewrites.surroundings import Site

        span = self.span(place)
        if span not in self._readings:
            raise Refusal("its pattern is not one text that is known")
        if span not in self._nodes:
            raise Refusal("it stands inside an f-string")
        return Site(self.file, self._readings[span], self._nodes[span], self._module.rows(place.cell), self._unsafe)


def _readings(finder: CallFinder, call: Call) -> list[Reading]:
    """The readings of a call; asnumpy has no pattern."""
    if call.callee.kind is Kind.ASNUMPY:
        return [Reading(call, Pattern("", (), None), Text(()))]
    return finder.readings(call)


def _with_comment(finding: Finding) -> Finding:
    """The finding with its fix, where that changes a comment only."""
    intent = finding.intent
    if intent is None or not intent.comment:
        return finding
    edit = Edit(intent.span, intent.comment)
    return replace(finding, fix=Fix(f"Write `{intent.comment}`", (edit,), intent.safety))


def _built(finding: Finding, sites: _Sites) -> Rewrite | str:
    """The rewrite of a finding, or why there is none."""
    from einlint.rewrites.rewrite import Refusal, builder, placed

    if finding.intent is None or finding.fix is not None:
        return ""
    place, rewrite = Place(finding.cell, finding.intent.span), finding.intent.rewrite
    try:
        if finding.intent.repair is not None:
            return _repaired(finding.intent.repair, sites.span(place))
        if (at_span := placed(rewrite)) is not None:
            return at_span(sites.file, sites.span(place))
        return builder(rewrite)(sites.at(place))
    except Refusal as refusal:
        return str(refusal)
    except Exception as error:
        return f"an error of einlint, please report it: {type(error).__name__}: {error}"


def _repaired(repair: Repair, span: Span) -> Rewrite:
    """The rewrite of code that has the wrong data: it changes values, on purpose."""
    from einlint.rewrites.rewrite import Rewrite

    message = f"Write `{repair.content}`"
    return Rewrite(message, (Edit(span, repair.content),), Safety.UNSAFE, json.loads(repair.question))


def _with_fix(finding: Finding, rewrite: Rewrite | str, answer: Answer | None, module: Module) -> Finding:
    if isinstance(rewrite, str):
        return replace(finding, unfixed=rewrite) if rewrite else finding
    answer = answer or Answer("")
    if answer.verdict == "different":
        return replace(finding, unfixed=WRONG)
    if answer.verdict == UNASKED:
        return replace(finding, unfixed=answer.note)
    if finding.intent is not None and finding.intent.repair is not None and answer.verdict not in _VERIFIED:
        return replace(finding, unfixed=answer.note or "the order that it would give was not verified")
    safety = Safety.UNSAFE if answer.differs_in or answer.verdict == "unknown" else rewrite.safety
    shift = module.before.get(finding.cell, 0)
    edits = tuple(edit._replace(span=_moved(edit.span, shift)) for edit in rewrite.edits)
    fix = Fix(rewrite.message, edits, safety, answer.verdict, answer.differs_in, answer.devices)
    return replace(finding, fix=fix, unfixed=answer.note)


def _moved(span: Span, shift: int) -> Span:
    return Span(*(Position(row - shift, column) for row, column in span))


def _may_apply(fix: Fix, unsafe: bool) -> bool:
    return fix.safety is Safety.SAFE or (unsafe and fix.safety is Safety.UNSAFE)


def _chosen(findings: list[Finding]) -> list[Finding]:
    """The findings whose edits can be applied together, shorter spans first."""
    taken: list[Place] = []
    chosen = []
    for finding in sorted(findings, key=_extent):
        edits = finding.fix.edits if finding.fix else ()
        places = [Place(finding.cell, edit.span) for edit in edits if not edit.shared]
        if not any(place.overlaps(other) for place in places for other in taken):
            taken += places
            chosen.append(finding)
    return chosen


def _extent(finding: Finding) -> tuple[int, int, Span]:
    (first, start), (last, end) = finding.span if finding.intent is None else finding.intent.span
    return last - first, end - start, finding.span
