"""EIN101 axis-on-one-side."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.axes import did_you_mean, mode, only_in, quoted, sides
from einlint.callables import Kind
from einlint.calls import Reading
from einlint.findings import Report
from einlint.patterns.model import Axis
from einlint.registry import rule


@rule("EIN101", "axis-on-one-side", subject=Reading)
def axis_on_one_side(reading: Reading) -> Iterator[Report]:
    """An axis is in the input only, or in the output only, where the function needs it in both."""
    what = mode(reading)
    if what not in (Kind.REARRANGE, Kind.REDUCE, Kind.REPEAT):
        return
    left, right = sides(reading)
    dropped = only_in(left, right) if what is not Kind.REDUCE else []
    added = only_in(right, left) if what is not Kind.REPEAT else []
    if len(dropped) == len(added) == 1:
        yield _renamed(reading, dropped[0], added[0])
        return
    if dropped:
        yield _one_sided(reading, dropped, "input", "drop", what)
    if added:
        suggestion = did_you_mean(added[0].name, (a.name for a in (dropped or left.axes)))
        yield _one_sided(reading, added, "output", "add", what, suggestion)


def _renamed(reading: Reading, dropped: Axis, added: Axis) -> Report:
    suggestion = did_you_mean(added.name, [dropped.name])
    reason = f" and `{dropped.name}` only in the input: `rearrange` needs each axis on both sides"
    message = f"axis `{added.name}` is only in the output{suggestion or reason}"
    return Report(reading.span(added.start, added.end), message)


def _one_sided(reading: Reading, axes: list[Axis], side: str, verb: str, what: Kind, suggestion: str = "") -> Report:
    is_or_are, it = ("is", "it") if len(axes) == 1 else ("are", "them")
    reason = f"`{what.value}` cannot {verb} {it}"
    noun = "axes " if len(axes) > 1 else "" if axes[0].is_ellipsis else "axis "
    message = f"{noun}{quoted(a.name for a in axes)} {is_or_are} only in the {side}: {reason}{suggestion}"
    return Report(reading.span(axes[0].start, axes[0].end), message)
