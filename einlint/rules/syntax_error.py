"""EIN901 syntax-error."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.source import Unreadable


@rule("EIN901", "syntax-error", subject=Unreadable)
def syntax_error(problem: Unreadable) -> Iterator[Report]:
    """The file is not valid Python, so nothing in it was checked."""
    if problem.rule == "syntax-error":
        yield Report(problem.span, problem.message)
