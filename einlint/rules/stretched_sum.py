"""EIN305 stretched-sum."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.silent.suspicion import Suspicion, reports


@rule("EIN305", "stretched-sum", subject=Suspicion)
def stretched_sum(suspicion: Suspicion) -> Iterator[Report]:
    """An einsum sums a label that is 1 in one operand and longer in another."""
    yield from reports(suspicion, "stretched-sum")
