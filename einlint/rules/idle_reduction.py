"""EIN314 idle-reduction."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.axes import REDUCTIONS, mode, sides
from einlint.callables import Kind
from einlint.calls import Reading
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN314", "idle-reduction", subject=Reading)
def idle_reduction(reading: Reading) -> Iterator[Report]:
    """A reduce keeps every axis, so that nothing is reduced."""
    if mode(reading) is not Kind.REDUCE or reading.call.callee.kind is not Kind.REDUCE:
        return
    left, right = sides(reading)
    named = reading.call.reduction_names
    if left.identifiers != right.identifiers or left.numbers or not left.axes or len(named) != 1:
        return
    reduction = named.pop()
    if reduction in REDUCTIONS:
        message = (
            f"`{reading.pattern.text}` keeps every axis, so `{reduction}` reduces nothing: each element is the "
            f"{reduction} of itself"
        )
        yield Report(reading.span(right.start, right.end), message)
