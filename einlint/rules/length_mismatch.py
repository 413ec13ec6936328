"""EIN202 length-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.shapes.contradiction import Contradiction
from einlint.shapes.diagnosis import Kind, reports


@rule("EIN202", "length-mismatch", subject=Contradiction)
def length_mismatch(contradiction: Contradiction) -> Iterator[Report]:
    """An axis has one length in the pattern or the call and another in the operand."""
    yield from reports(contradiction, Kind.LENGTH)
