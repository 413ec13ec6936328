"""EIN306 dimensionless-squeeze."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.silent.suspicion import Suspicion, reports


@rule("EIN306", "dimensionless-squeeze", subject=Suspicion)
def dimensionless_squeeze(suspicion: Suspicion) -> Iterator[Report]:
    """A squeeze without a dimension may drop the batch as well, and dimensions are counted after it."""
    yield from reports(suspicion, "dimensionless-squeeze")
