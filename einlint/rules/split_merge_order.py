"""EIN302 split-merge-order."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.silent.suspicion import Suspicion, reports


@rule("EIN302", "split-merge-order", subject=Suspicion)
def split_merge_order(suspicion: Suspicion) -> Iterator[Report]:
    """The parts of an axis are merged in another order than they were split in."""
    yield from reports(suspicion, "split-merge-order")
