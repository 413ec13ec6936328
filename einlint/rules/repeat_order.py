"""EIN313 repeat-order."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.silent.suspicion import Suspicion, reports


@rule("EIN313", "repeat-order", subject=Suspicion)
def repeat_order(suspicion: Suspicion) -> Iterator[Report]:
    """Repeated elements meet others in another order than they were repeated in."""
    yield from reports(suspicion, "repeat-order")
