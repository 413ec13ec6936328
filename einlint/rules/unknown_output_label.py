"""EIN012 unknown-output-label."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Problems
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN012", "unknown-output-label", subject=Problems)
def unknown_output_label(problems: Problems) -> Iterator[Report]:
    """A label of an einsum output is in no input."""
    yield from problems.of("unknown-output-label")
