"""Workflow commands that GitHub turns into annotations of a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from einlint.findings import Finding, Position, Span
from einlint.reports.places import place
from einlint.reports.styles import Style
from einlint.session import Linted

_START = Span(Position(1, 1), Position(1, 1))


def render(linted: Sequence[Linted], style: Style) -> Iterator[str]:
    """One command for each finding. A row within a cell says nothing about the notebook's file."""
    for file in linted:
        for finding in file.findings:
            span = finding.span if finding.cell is None else _START
            where = _properties(title=f"einlint ({finding.code})", file=file.path, **_range(span))
            yield f"::error {where}::{_data(_message(file.path, finding))}\n"


def _range(span: Span) -> dict[str, int]:
    """GitHub takes no columns for several lines."""
    start, end = span
    if start.row != end.row:
        return {"line": start.row, "endLine": end.row}
    return {"line": start.row, "col": start.column, "endLine": end.row, "endColumn": end.column}


def _message(path: str, finding: Finding) -> str:
    return f"{place(path, finding.span.start, finding.cell)}: {finding.code} {finding.message}"


def _properties(**values: object) -> str:
    return ",".join(f"{key}={_property(str(value))}" for key, value in values.items())


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
