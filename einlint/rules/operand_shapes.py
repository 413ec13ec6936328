"""EIN205 operand-shapes."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.shapes.contradiction import Contradiction
from einlint.shapes.diagnosis import Kind, reports


@rule("EIN205", "operand-shapes", subject=Contradiction)
def operand_shapes(contradiction: Contradiction) -> Iterator[Report]:
    """An operation does not take tensors of these shapes."""
    yield from reports(contradiction, Kind.SHAPES)
