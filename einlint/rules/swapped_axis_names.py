"""EIN303 swapped-axis-names."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.silent.suspicion import Suspicion, reports


@rule("EIN303", "swapped-axis-names", subject=Suspicion)
def swapped_axis_names(suspicion: Suspicion) -> Iterator[Report]:
    """A pattern gives axes each other's names."""
    yield from reports(suspicion, "swapped-axis-names")
