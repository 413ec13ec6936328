"""EIN105 anonymous-axis."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.axes import mode, sides
from einlint.callables import Kind
from einlint.calls import Reading
from einlint.findings import Report
from einlint.patterns.model import Axis
from einlint.registry import rule


@rule("EIN105", "anonymous-axis", subject=Reading)
def anonymous_axis(reading: Reading) -> Iterator[Report]:
    """A number other than 1 stands for an axis where the function needs a name."""
    what = mode(reading)
    if what is None:
        return
    left, right = sides(reading)
    if what is Kind.REDUCE:
        wrong, reason = right.numbers, "`reduce` cannot add an axis"
    elif what is Kind.REPEAT:
        wrong, reason = left.numbers, "`repeat` cannot drop an axis"
    else:
        wrong, reason = left.numbers + right.numbers, f"`{what.value}` takes no number but 1 as an axis"
    if wrong:
        yield Report(reading.span(wrong[0].start, wrong[0].end), _message(wrong[0], reason))
    elif what is Kind.EINMIX and reading.weight is not None:
        for axis in reading.weight.pattern.inputs[0].numbers:
            yield Report(reading.weight.text.span(reading.call.source, axis.start, axis.end), _message(axis, reason))


def _message(axis: Axis, reason: str) -> str:
    return f"axis `{axis.name}` has no name: {reason}"
