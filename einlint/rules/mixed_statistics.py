"""EIN312 mixed-statistics."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.silent.suspicion import Suspicion, reports


@rule("EIN312", "mixed-statistics", subject=Suspicion)
def mixed_statistics(suspicion: Suspicion) -> Iterator[Report]:
    """A mean, a variance, a norm or a divisor is taken over other axes than it is used with."""
    yield from reports(suspicion, "mixed-statistics")
