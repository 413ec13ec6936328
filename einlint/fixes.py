"""Intents to verified edits to new text. The only caller of verification.

A round builds the rewrite of every intent, has each verified, and applies those that do not overlap,
inner ones first; rounds repeat until nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from einlint.calls import CallFinder, Reading
from einlint.checking import Settings, check
from einlint.findings import Edit, Finding, Fix, Position, Safety, Span
from einlint.source import Source, decode, encoding_of, read

_MOST_ROUNDS = 10


@dataclass(frozen=True)
class Answer:
    """What verification says of one rewrite; `note` is why it says nothing."""

    verdict: str
    differs_in: tuple[str, ...] = ()
    note: str = ""


Judge = Callable[[Mapping[str, Any]], Answer]


@dataclass
class Fixed:
    """The new content of a file, the findings whose fix was applied, and what is left to say."""

    data: bytes
    applied: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def with_fixes(findings: Sequence[Finding], data: bytes, path: str, settings: Settings, judge: Judge) -> list[Finding]:
    """The findings, each with an intent given its verified fix; where none can be built it stays without."""
    source = read(data, path)
    wanted = {f.intent.span for f in findings if f.intent is not None and f.cell is None}
    if not wanted or not isinstance(source, Source):
        return list(findings)
    built = _Built(source, data, wanted, settings)
    return [_with_fix(finding, built, judge) for finding in findings]


def fix(data: bytes, path: str, settings: Settings, judge: Judge, unsafe: bool = False) -> Fixed:
    """Apply every fix that verification agrees to. The result parses, and a second run changes nothing."""
    fixed = Fixed(data)
    for _ in range(_MOST_ROUNDS):
        findings = with_fixes(check(fixed.data, path, settings).findings, fixed.data, path, settings, judge)
        chosen = _chosen([f for f in findings if f.fix is not None and _may_apply(f.fix, unsafe)])
        if not chosen:
            break
        edited = _edited(fixed.data, [edit for f in chosen if f.fix is not None for edit in f.fix.edits])
        if not isinstance(read(edited, path), Source):
            fixed.notes.append("a fix would break the syntax and was not applied: please report it")
            break
        fixed.data = edited
        fixed.applied += chosen
    return fixed


class _Built:
    """What rewrites need of one file: LibCST's calls and einlint's readings at the same places."""

    def __init__(self, source: Source, data: bytes, spans: set[Span], settings: Settings) -> None:
        import libcst

        from einlint.rewrites.locate import locate

        finder = CallFinder(source, dict(settings.aliases))
        self.readings: dict[Span, Reading] = {}
        for call in finder.calls():
            if call.whole in spans:
                readings = finder.readings(call)
                if len(readings) == 1:
                    self.readings[call.whole] = readings[0]
        self.nodes = locate(libcst.parse_module(decode(data)), spans)


def _with_fix(finding: Finding, built: _Built, judge: Judge) -> Finding:
    from einlint.rewrites.rewrite import Refusal, builder

    intent = finding.intent
    if intent is None:
        return finding
    reading, node = built.readings.get(intent.span), built.nodes.get(intent.span)
    if reading is None or node is None:
        return finding
    try:
        rewrite = builder(intent.rewrite)(reading, node)
    except Refusal:
        return finding
    answer = judge(rewrite.question)
    if answer.verdict == "different":
        return finding
    safety = Safety.UNSAFE if answer.differs_in or answer.verdict == "unknown" else rewrite.safety
    return replace(finding, fix=Fix(rewrite.message, (Edit(intent.span, rewrite.code),), safety, answer.verdict))


def _may_apply(fix: Fix, unsafe: bool) -> bool:
    return fix.safety is Safety.SAFE or (unsafe and fix.safety is Safety.UNSAFE)


def _chosen(findings: list[Finding]) -> list[Finding]:
    """The findings whose edits can be applied together, shorter spans first."""
    taken: list[Span] = []
    chosen = []
    for finding in sorted(findings, key=_extent):
        spans = [edit.span for edit in finding.fix.edits] if finding.fix else []
        if not any(s.start < t.end and t.start < s.end for s in spans for t in taken):
            taken += spans
            chosen.append(finding)
    return chosen


def _extent(finding: Finding) -> tuple[int, int, Span]:
    (first, start), (last, end) = finding.span if finding.intent is None else finding.intent.span
    return last - first, end - start, finding.span


def _edited(data: bytes, edits: Sequence[Edit]) -> bytes:
    """The content with edits applied; line ends and encoding stay."""
    text, encoding = decode(data), encoding_of(data)
    starts = _row_starts(text)
    for edit in sorted(edits, key=lambda e: e.span, reverse=True):
        first, last = (_offset(position, starts) for position in edit.span)
        text = text[:first] + edit.content + text[last:]
    return text.encode(encoding)


def _row_starts(text: str) -> list[int]:
    from einlint.source import line_ends

    return [0, *line_ends(text)]


def _offset(position: Position, starts: Sequence[int]) -> int:
    return starts[position.row - 1] + position.column - 1
