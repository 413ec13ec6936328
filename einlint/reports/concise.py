"""One line for each finding: `path:row:column: CODE message`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from einlint.findings import Finding
from einlint.reports.places import place, printable
from einlint.reports.styles import Style
from einlint.session import Linted


def render(linted: Sequence[Linted], style: Style) -> Iterator[str]:
    """The lines."""
    for file in linted:
        for finding in file.findings:
            yield headline(file.path, finding, style)


def headline(path: str, finding: Finding, style: Style) -> str:
    """The line of one finding."""
    where = place(path, finding.span.start, finding.cell)
    return f"{style('path', where)}: {style('code', finding.code)} {printable(finding.message)}\n"
