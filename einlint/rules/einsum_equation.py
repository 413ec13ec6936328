"""EIN404 einsum-equation."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.equations import lettered, renamed
from einlint.targets.exported import Exported
from einlint.targets.model import Feature


@rule("EIN404", "einsum-equation", subject=Exported)
def einsum_equation(exported: Exported) -> Iterator[Report]:
    """A target does not take this equation, whatever its labels are called."""
    if not exported.is_einsum:
        return
    pattern = exported.reading.pattern
    equation, written = renamed(pattern), f"an einsum `{lettered(pattern)}`"
    for limit in exported.limits(Feature.EQUATION):
        among = equation in {renamed(other) for other in limit.only or limit.equations}
        if among is not bool(limit.only):
            yield exported.report(limit, written)
    assert pattern.output is not None
    labels = [axis.name for expression in pattern.inputs for axis in expression.axes]
    if len(pattern.inputs) == 2 and len({*labels}) == len(labels) == len(pattern.output.axes) and "..." not in labels:
        for limit in exported.limits(Feature.OUTER_PRODUCT):
            yield exported.report(limit, written)
    if len(pattern.inputs) == 1 and not pattern.output.axes:
        for limit in exported.limits(Feature.SCALAR_OUTPUT):
            yield exported.report(limit, written)
