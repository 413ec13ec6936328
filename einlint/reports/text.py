"""The report for people: each finding with the source around it and carets under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from einlint.findings import Finding, Fix
from einlint.reports.concise import headline
from einlint.reports.excerpts import Lines, excerpt
from einlint.reports.places import place, printable
from einlint.reports.styles import Style
from einlint.session import Linted


def render(linted: Sequence[Linted], style: Style) -> Iterator[str]:
    """Every finding."""
    for file in linted:
        lines = Lines(file.data)
        for finding in file.findings:
            yield headline(file.path, finding, style)
            yield from excerpt(lines.of_cell(finding.cell), finding.span, style)
            yield from _notes(file.path, finding, style)
            yield from _fix(finding, style)
            yield "\n"


def _fix(finding: Finding, style: Style) -> Iterator[str]:
    """What the fix writes, once it was built and verified."""
    if finding.fix is not None:
        yield f"  {style('gutter', '=')} {style('note', 'fix')}: {_told(finding.fix)}\n"
        for edit in finding.fix.edits:
            yield from (f"  {style('gutter', '+')} {printable(row)}\n" for row in edit.content.splitlines())
    elif finding.unfixed:
        yield f"  {style('gutter', '=')} {style('note', 'no fix')}: {printable(finding.unfixed)}\n"


def _told(fix: Fix) -> str:
    """How far a fix may be trusted and on what evidence."""
    evidence = (
        f", {fix.verdict} on {' and '.join(fix.devices)}" if fix.devices else f", {fix.verdict}" if fix.verdict else ""
    )
    differs = f", differs in {' and '.join(fix.differs_in)}" if fix.differs_in else ""
    return f"{fix.message} ({fix.safety.value}{evidence}{differs})"


def _notes(path: str, finding: Finding, style: Style) -> Iterator[str]:
    for related in finding.related:
        cell = finding.cell if related.path is None else None
        where = place(related.path or path, related.span.start, cell)
        yield f"  {style('gutter', '=')} {style('note', 'note')}: {where}: {printable(related.message)}\n"
