"""EIN209 annotation-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.shapes.contradiction import Contradiction
from einlint.shapes.diagnosis import Kind, reports


@rule("EIN209", "annotation-mismatch", subject=Contradiction)
def annotation_mismatch(contradiction: Contradiction) -> Iterator[Report]:
    """A value has another shape than its annotation says."""
    yield from reports(contradiction, Kind.ANNOTATION)
