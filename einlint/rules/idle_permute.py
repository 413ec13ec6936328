"""EIN307 idle-permute."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.silent.suspicion import Suspicion, reports


@rule("EIN307", "idle-permute", subject=Suspicion)
def idle_permute(suspicion: Suspicion) -> Iterator[Report]:
    """A permute or transpose leaves every dimension where it is."""
    yield from reports(suspicion, "idle-permute")
