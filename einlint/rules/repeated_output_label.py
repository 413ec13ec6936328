"""EIN011 repeated-output-label."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Problems
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN011", "repeated-output-label", subject=Problems)
def repeated_output_label(problems: Problems) -> Iterator[Report]:
    """A label occurs twice in the output of an einsum."""
    yield from problems.of("repeated-output-label")
