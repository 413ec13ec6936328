"""EIN903 unreadable-file."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.failures import UNREADABLE
from einlint.findings import Report
from einlint.registry import rule
from einlint.source import Unreadable


@rule(*UNREADABLE, subject=Unreadable)
def unreadable_file(problem: Unreadable) -> Iterator[Report]:
    """The file cannot be read or decoded, so nothing in it was checked."""
    if problem.rule == UNREADABLE.name:
        yield Report(problem.span, problem.message)
