"""EIN315 summed-weights."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.silent.suspicion import Suspicion, reports


@rule("EIN315", "summed-weights", subject=Suspicion)
def summed_weights(suspicion: Suspicion) -> Iterator[Report]:
    """Weights are summed, alone, over the axis that they were softmaxed over."""
    yield from reports(suspicion, "summed-weights")
