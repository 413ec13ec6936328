"""EIN308 shared-write."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.silent.suspicion import Suspicion, reports


@rule("EIN308", "shared-write", subject=Suspicion)
def shared_write(suspicion: Suspicion) -> Iterator[Report]:
    """A tensor that shares its memory with another, or with itself, is written to."""
    yield from reports(suspicion, "shared-write")
