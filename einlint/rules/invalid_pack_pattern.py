"""EIN008 invalid-pack-pattern."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Problems
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN008", "invalid-pack-pattern", subject=Problems)
def invalid_pack_pattern(problems: Problems) -> Iterator[Report]:
    """A pattern of `pack` or `unpack` is not plain names and one `*`."""
    yield from problems.of("invalid-pack-pattern")
