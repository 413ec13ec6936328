"""EIN208 layer-input."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.shapes.contradiction import Contradiction
from einlint.shapes.diagnosis import Kind, reports


@rule("EIN208", "layer-input", subject=Contradiction)
def layer_input(contradiction: Contradiction) -> Iterator[Report]:
    """A layer gets a tensor of a shape that it does not take."""
    yield from reports(contradiction, Kind.LAYER)
