"""EIN407 einsum-upper-case."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.callables import Kind
from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.exported import Exported
from einlint.targets.model import Feature


@rule("EIN407", "einsum-upper-case", subject=Exported)
def einsum_upper_case(exported: Exported) -> Iterator[Report]:
    """A target does not take upper-case labels, or not where it has to find the output."""
    pattern = exported.reading.pattern
    if exported.call.callee.kind is not Kind.EQUATION or exported.reading.sublists:
        return  # einops makes lower-case labels of its names
    upper = next((a for each in pattern.inputs for a in each.axes if a.name.isupper()), None)
    if upper is None:
        return
    for limit in exported.limits(Feature.UPPER_CASE):
        yield exported.report(limit, f"label `{upper.name}` is upper case", exported.at(upper))
    output = pattern.output.axes if pattern.implicit and pattern.output is not None else ()
    kept = next((axis for axis in output if axis.name.isupper()), None)
    for limit in exported.limits(Feature.IMPLICIT_UPPER_CASE) if kept is not None else ():
        yield exported.report(limit, f"label `{kept.name if kept else ''}` of the implied output", exported.at(upper))
