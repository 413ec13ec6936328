"""EIN007 misplaced-ellipsis."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Problems
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN007", "misplaced-ellipsis", subject=Problems)
def misplaced_ellipsis(problems: Problems) -> Iterator[Report]:
    """An ellipsis is malformed, repeated, or stands where it cannot."""
    yield from problems.of("misplaced-ellipsis")
