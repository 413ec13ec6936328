"""EIN203 indivisible-axis."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.shapes.contradiction import Contradiction
from einlint.shapes.diagnosis import Kind, reports


@rule("EIN203", "indivisible-axis", subject=Contradiction)
def indivisible_axis(contradiction: Contradiction) -> Iterator[Report]:
    """A dimension is split into axes whose lengths do not divide it."""
    yield from reports(contradiction, Kind.DIVISIBILITY)
