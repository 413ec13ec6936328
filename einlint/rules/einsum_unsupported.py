"""EIN401 einsum-unsupported."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.exported import Exported
from einlint.targets.model import Feature


@rule("EIN401", "einsum-unsupported", subject=Exported)
def einsum_unsupported(exported: Exported) -> Iterator[Report]:
    """A target has no Einsum."""
    if exported.is_einsum:
        for limit in exported.limits(Feature.EINSUM):
            yield exported.report(limit, f"`{exported.name}` becomes an Einsum")
