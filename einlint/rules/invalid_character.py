"""EIN005 invalid-character."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Problems
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN005", "invalid-character", subject=Problems)
def invalid_character(problems: Problems) -> Iterator[Report]:
    """A pattern has a character that einops does not know."""
    yield from problems.of("invalid-character")
