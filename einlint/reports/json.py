"""The objects of `ruff check --output-format json`, and the verdict on a fix."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from einlint.findings import Finding, Fix, Position, Span
from einlint.reports.places import url_of
from einlint.reports.styles import Style
from einlint.session import Linted


def render(linted: Sequence[Linted], style: Style) -> Iterator[str]:
    """One list; ASCII only, so that no stream and no file name can break it."""
    yield json.dumps([_finding(file.path, finding) for file in linted for finding in file.findings], indent=2) + "\n"


def _finding(path: str, finding: Finding) -> dict[str, Any]:
    return {
        "cell": finding.cell,
        "code": finding.code,
        "name": finding.name,
        "message": finding.message,
        "filename": path,
        **_span(finding.span),
        "fix": finding.fix and _fix(finding.fix),
        "url": url_of(finding.name),
        **({"unfixed": finding.unfixed} if finding.unfixed else {}),
    }


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [{"content": edit.content, **_span(edit.span)} for edit in fix.edits]
    return {
        "applicability": fix.safety.value, "message": fix.message, "edits": edits, "verdict": fix.verdict,
        "differs_in": list(fix.differs_in), "devices": list(fix.devices),
    }  # fmt: skip


def _span(span: Span) -> dict[str, Any]:
    return {"location": _position(span.start), "end_location": _position(span.end)}


def _position(position: Position) -> dict[str, int]:
    return {"row": position.row, "column": position.column}
