"""EIN210 stale-shape-comment."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.shapes.contradiction import Contradiction
from einlint.shapes.diagnosis import Kind, reports


@rule("EIN210", "stale-shape-comment", subject=Contradiction)
def stale_shape_comment(contradiction: Contradiction) -> Iterator[Report]:
    """A comment says another shape than the code gives."""
    yield from reports(contradiction, Kind.COMMENT)
