"""EIN103 unused-length."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.axes import did_you_mean, mode, sides, unused_lengths
from einlint.calls import Length, Reading
from einlint.findings import Position, Report, Span
from einlint.registry import rule
from einlint.source import Source


@rule("EIN103", "unused-length", subject=Reading)
def unused_length(reading: Reading) -> Iterator[Report]:
    """A length is given for an axis that the pattern does not have."""
    call = reading.call
    if mode(reading) is None:
        return
    unsized = frozenset().union(*(side.identifiers for side in sides(reading))) - set(call.lengths)
    for name in unused_lengths(reading):
        suggestion = did_you_mean(name, sorted(unsized)) or _shorter(name, unsized)
        yield Report(_name_span(call.source, call.lengths[name], name), f"the pattern has no axis `{name}`{suggestion}")


def _shorter(name: str, axes: frozenset[str]) -> str:
    """`h` for `heads`."""
    return next((f", did you mean `{axis}`?" for axis in sorted(axes) if name.startswith(axis)), "")


def _name_span(source: Source, length: Length, name: str) -> Span:
    span = source.span(length.name)
    if not isinstance(length.name, ast.keyword):
        return span
    return Span(span.start, Position(span.start.row, span.start.column + len(name)))
