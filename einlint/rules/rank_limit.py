"""EIN411 rank-limit."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.callables import Kind
from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.exported import Exported
from einlint.targets.model import Feature

_RESHAPE = (Kind.REARRANGE, Kind.REDUCE, Kind.REPEAT)


@rule("EIN411", "rank-limit", subject=Exported)
def rank_limit(exported: Exported) -> Iterator[Report]:
    """A rearrange, reduce or repeat passes through more dimensions than a target takes."""
    limits = exported.limits(Feature.RANK) if exported.call.callee.kind in _RESHAPE else ()
    if not limits:
        return
    rank, axes = _highest(exported)
    for limit in limits:
        if rank > limit.most:
            yield exported.report(limit, f"`{exported.name}` passes through {rank} dimensions, `{axes}`")


def _highest(exported: Exported) -> tuple[int, str]:
    """The most dimensions that a tensor has on the way, and their names; an ellipsis may stand for none.

    einops splits every dimension of the input first, and merges those of the output last.
    """
    pattern = exported.reading.pattern
    sides = [pattern.inputs[0], *([pattern.output] if pattern.output is not None else [])]
    ways = []
    for side in sides:
        names = [axis.name for axis in side.axes if axis.name != "1"]
        ways.append((len(names) - ("..." in names), " ".join(names)))
        whole = [group.text for group in side.groups]
        ways.append((len(whole) - ("..." in whole), " ".join(whole)))
    return max(ways, key=lambda way: way[0])
