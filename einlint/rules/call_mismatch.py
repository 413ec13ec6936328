"""EIN211 call-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.shapes.contradiction import Contradiction
from einlint.shapes.diagnosis import Kind, reports


@rule("EIN211", "call-mismatch", subject=Contradiction)
def call_mismatch(contradiction: Contradiction) -> Iterator[Report]:
    """A function of the file is called with tensors that it cannot take, though other calls of it are fine."""
    yield from reports(contradiction, Kind.CALL)
