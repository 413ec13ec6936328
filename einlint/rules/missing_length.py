"""EIN102 missing-length."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.axes import mode, only_in, sides, unused_lengths
from einlint.callables import Kind
from einlint.calls import Reading, Shape
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN102", "missing-length", subject=Reading)
def missing_length(reading: Reading) -> Iterator[Report]:
    """A new axis has no length: one that `repeat` adds, or one of an EinMix weight or bias."""
    call = reading.call
    if not call.lengths_known or unused_lengths(reading):
        return
    what = mode(reading)
    if what is Kind.REPEAT:
        left, right = sides(reading)
        for axis in only_in(right, left):
            if axis.name not in call.lengths:
                message = f"new axis `{axis.name}` has no length: pass `{axis.name}=`"
                yield Report(reading.span(axis.start, axis.end), message)
    elif what is Kind.EINMIX:
        left, right = sides(reading)
        known = frozenset() if reading.weight is None else reading.weight.pattern.inputs[0].identifiers
        yield from _without_length(reading, reading.weight, "weight_shape", left.identifiers | right.identifiers)
        yield from _without_length(reading, reading.bias, "bias_shape", right.identifiers - known)


def _without_length(reading: Reading, shape: Shape | None, argument: str, allowed: frozenset[str]) -> Iterator[Report]:
    """The `allowed` axes of a shape that have no length; the others are reported for another reason."""
    if shape is None:
        return
    call = reading.call
    for axis in shape.pattern.inputs[0].axes:
        if axis.name in allowed and not axis.is_number and not axis.is_ellipsis and axis.name not in call.lengths:
            how = f"pass `{axis.name}=`" if call.callee.signature.lengths else f"`sizes` needs `{axis.name}`"
            span = shape.text.span(call.source, axis.start, axis.end)
            yield Report(span, f"axis `{axis.name}` of `{argument}` has no length: {how}")
