"""EIN204 label-lengths."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.shapes.contradiction import Contradiction
from einlint.shapes.diagnosis import Kind, reports


@rule("EIN204", "label-lengths", subject=Contradiction)
def label_lengths(contradiction: Contradiction) -> Iterator[Report]:
    """An einsum label stands for two different lengths."""
    yield from reports(contradiction, Kind.LABEL)
