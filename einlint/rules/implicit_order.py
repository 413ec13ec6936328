"""EIN309 implicit-order."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.callables import Kind
from einlint.calls import Reading
from einlint.findings import Report
from einlint.registry import rule

_ALPHABET = 4
"""Labels of which each occurs once, and that follow each other in the alphabet, are places from so many on."""


@rule("EIN309", "implicit-order", subject=Reading)
def implicit_order(reading: Reading) -> Iterator[Report]:
    """The output of an einsum is not written, and its alphabetical order exchanges axes."""
    pattern = reading.pattern
    if not pattern.implicit or pattern.output is None or reading.call.callee.kind not in (Kind.EINSUM, Kind.EQUATION):
        return
    if reading.sublists:
        return
    given = [axis.name for axis in pattern.output.axes if not axis.is_ellipsis]
    labels = [axis.name for expression in pattern.inputs for axis in expression.axes]
    read = [name for name in dict.fromkeys(labels) if name in given]
    if len(labels) >= _ALPHABET and _is_stretch(labels):
        return
    if given != read and all(name.isalpha() for name in given):
        dots = "..." if pattern.output.ellipsis is not None else ""
        actual, expected = dots + "".join(given), dots + "".join(read)
        start, end = pattern.inputs[0].start, pattern.inputs[-1].end
        message = (
            f"the output of `{pattern.text}` is `{actual}`, in alphabetical order, and not `{expected}`, the order in "
            f"which the labels are met: write `->{actual}` or `->{expected}`"
        )
        yield Report(reading.span(start, end), message)


def _is_stretch(labels: list[str]) -> bool:
    """Whether labels are neighbours in the alphabet, each once: `ijlk`, and `qr,sv,pwtu`, but not `nhwc`."""
    codes = sorted(ord(label[0]) for label in labels)
    return codes == list(range(codes[0], codes[0] + len(codes)))
