"""EIN002 multiple-arrows."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Problems
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN002", "multiple-arrows", subject=Problems)
def multiple_arrows(problems: Problems) -> Iterator[Report]:
    """A pattern has more than one `->`."""
    yield from problems.of("multiple-arrows")
