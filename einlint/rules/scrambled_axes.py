"""EIN301 scrambled-axes."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.silent.suspicion import Suspicion, reports


@rule("EIN301", "scrambled-axes", subject=Suspicion)
def scrambled_axes(suspicion: Suspicion) -> Iterator[Report]:
    """A reshape gives an axis the place of another without moving it."""
    yield from reports(suspicion, "scrambled-axes")
