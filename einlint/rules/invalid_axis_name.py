"""EIN004 invalid-axis-name."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Problems
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN004", "invalid-axis-name", subject=Problems)
def invalid_axis_name(problems: Problems) -> Iterator[Report]:
    """A word in a pattern is not a valid axis name."""
    yield from problems.of("invalid-axis-name")
