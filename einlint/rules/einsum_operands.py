"""EIN402 einsum-operands."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.exported import Exported
from einlint.targets.model import Feature


@rule("EIN402", "einsum-operands", subject=Exported)
def einsum_operands(exported: Exported) -> Iterator[Report]:
    """An einsum has more operands than a target takes."""
    count = len(exported.reading.pattern.inputs)
    if exported.is_einsum:
        for limit in exported.limits(Feature.OPERANDS):
            if count > limit.most:
                yield exported.report(limit, f"an einsum of {count} operands")
