"""EIN001 missing-arrow."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Problems
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN001", "missing-arrow", subject=Problems)
def missing_arrow(problems: Problems) -> Iterator[Report]:
    """A pattern that needs `->` has none."""
    yield from problems.of("missing-arrow")
