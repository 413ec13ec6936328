"""EIN010 invalid-label."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Problems
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN010", "invalid-label", subject=Problems)
def invalid_label(problems: Problems) -> Iterator[Report]:
    """An einsum equation has a character that is no label."""
    yield from problems.of("invalid-label")
