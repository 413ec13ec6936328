"""EIN311 softmax-axis."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.silent.suspicion import Suspicion, reports


@rule("EIN311", "softmax-axis", subject=Suspicion)
def softmax_axis(suspicion: Suspicion) -> Iterator[Report]:
    """The weights of an attention are summed over another axis than they are normalised over."""
    yield from reports(suspicion, "softmax-axis")
