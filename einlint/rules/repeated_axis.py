"""EIN006 repeated-axis."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Problems
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN006", "repeated-axis", subject=Problems)
def repeated_axis(problems: Problems) -> Iterator[Report]:
    """An axis occurs twice on one side of a pattern."""
    yield from problems.of("repeated-axis")
