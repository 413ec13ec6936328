"""EIN206 list-shapes."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.shapes.contradiction import Contradiction
from einlint.shapes.diagnosis import Kind, reports


@rule("EIN206", "list-shapes", subject=Contradiction)
def list_shapes(contradiction: Contradiction) -> Iterator[Report]:
    """The tensors of a list do not have one shape."""
    yield from reports(contradiction, Kind.LIST)
