"""EIN207 unpacked-rank."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.shapes.contradiction import Contradiction
from einlint.shapes.diagnosis import Kind, reports


@rule("EIN207", "unpacked-rank", subject=Contradiction)
def unpacked_rank(contradiction: Contradiction) -> Iterator[Report]:
    """A shape is unpacked into another number of names than the tensor has axes."""
    yield from reports(contradiction, Kind.UNPACK)
