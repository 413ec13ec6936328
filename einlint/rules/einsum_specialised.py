"""EIN403 einsum-specialised."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.exported import Exported
from einlint.targets.model import Feature


@rule("EIN403", "einsum-specialised", subject=Exported)
def einsum_specialised(exported: Exported) -> Iterator[Report]:
    """An einsum of three or more operands fixes sizes that should stay dynamic."""
    count = len(exported.reading.pattern.inputs)
    if exported.is_einsum:
        for limit in exported.limits(Feature.SPECIALISED):
            if count > limit.most:
                yield exported.report(limit, f"an einsum of {count} operands")
