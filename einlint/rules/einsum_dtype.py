"""EIN410 einsum-dtype."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.dtypes import dtype_of
from einlint.targets.exported import Exported
from einlint.targets.model import Feature


@rule("EIN410", "einsum-dtype", subject=Exported)
def einsum_dtype(exported: Exported) -> Iterator[Report]:
    """A target does not take tensors of this type in an einsum, or returns another type."""
    limits = (*exported.limits(Feature.DTYPE), *exported.limits(Feature.INTEGER_SUM)) if exported.is_einsum else ()
    if not limits:
        return
    call = exported.call
    dtypes = [dtype_of(node, call.scope, exported.knowledge.finder) for node in exported.operands]
    sums = _sums(exported)
    for limit in limits:
        found = next((dtype for dtype in dtypes if dtype in limit.dtypes), None)
        if found is not None and (limit.feature is Feature.DTYPE or sums):
            yield exported.report(limit, f"an einsum of {found}", fix=limit.feature is Feature.INTEGER_SUM)


def _sums(exported: Exported) -> bool:
    """Whether some label is in one operand alone, and not in the output: torch sums it first, and sums to int64."""
    pattern = exported.reading.pattern
    used = [frozenset(axis.name for axis in expression.axes) for expression in pattern.inputs]
    kept = frozenset(axis.name for axis in pattern.output.axes) if pattern.output is not None else frozenset()
    return any(sum(label in labels for labels in used) == 1 for label in frozenset().union(*used) - kept)
