"""Labels of an einsum that one operand alone has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from einlint.callables import Kind
from einlint.calls import Reading
from einlint.patterns.model import Axis


class Lone(NamedTuple):
    """A label that occurs once, in one operand, and is summed there."""

    operand: int
    axis: Axis


def lone_labels(reading: Reading) -> Iterator[Lone]:
    """The labels that one operand alone has, once, and that the output lacks; none of a sum over everything."""
    pattern = reading.pattern
    if reading.call.callee.kind not in (Kind.EINSUM, Kind.EQUATION) or pattern.output is None or pattern.implicit:
        return
    if len(pattern.inputs) < 2 or not pattern.output.axes:
        return
    every = [axis.name for expression in (*pattern.inputs, pattern.output) for axis in expression.axes]
    for operand, expression in enumerate(pattern.inputs):
        for axis in expression.axes:
            if every.count(axis.name) == 1 and not axis.is_ellipsis and not axis.name.isdecimal():
                yield Lone(operand, axis)
