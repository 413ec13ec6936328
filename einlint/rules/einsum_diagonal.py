"""EIN406 einsum-diagonal."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.exported import Exported
from einlint.targets.model import Feature


@rule("EIN406", "einsum-diagonal", subject=Exported)
def einsum_diagonal(exported: Exported) -> Iterator[Report]:
    """A target does not take a label twice in one operand of an einsum."""
    if not exported.is_einsum:
        return
    for expression in exported.reading.pattern.inputs:
        seen = set()
        for axis in expression.axes:
            if axis.name in seen:
                for limit in exported.limits(Feature.DIAGONAL):
                    yield exported.report(limit, f"`{axis.name}` twice in one operand", exported.at(axis))
                return
            seen.add(axis.name)
