"""EIN201 rank-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.shapes.contradiction import Contradiction
from einlint.shapes.diagnosis import Kind, reports


@rule("EIN201", "rank-mismatch", subject=Contradiction)
def rank_mismatch(contradiction: Contradiction) -> Iterator[Report]:
    """The operand has another number of axes than the pattern reads."""
    yield from reports(contradiction, Kind.RANK)
