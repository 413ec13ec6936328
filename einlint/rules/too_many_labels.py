"""EIN013 too-many-labels."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Problems
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN013", "too-many-labels", subject=Problems)
def too_many_labels(problems: Problems) -> Iterator[Report]:
    """An einsum has more labels than its library can take."""
    yield from problems.of("too-many-labels")
