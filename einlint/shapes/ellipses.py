"""Patterns with `...`, or `*` of pack, that read something of unknown rank: the dimensions around it are known."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from einlint.dimensions import Dim, dim
from einlint.patterns.model import Expression, Group
from einlint.program.deciding import Query
from einlint.shapes.assuming import learned
from einlint.shapes.memory import tensor
from einlint.shapes.objects import Hole, Origin, size
from einlint.shapes.run import Run

Lengths = Mapping[str, Any]


def read_around(run: Run, hole: Hole, left: Expression, lengths: Lengths) -> dict[str, Dim]:
    """Note the lengths of the dimensions before and after `...`; gives those of the axes by name."""
    axes: dict[str, Dim] = {}
    for at, group in _outside(left):
        whole = hole.lengths.get(at)
        if whole is None:
            whole = hole.lengths[at] = size(group.axes[0].name if len(group.axes) == 1 else "")
        parts = [given_length(axis.name, lengths) for axis in group.axes]
        if len(parts) == 1 and parts[0] is None:
            axes[group.axes[0].name] = whole
            continue
        for axis, part in zip(group.axes, parts, strict=True):
            axes[axis.name] = size(axis.name) if part is None else part
        product = prod((axes[axis.name] for axis in group.axes), start=dim(1))
        fact = learned(Query("equal", run.memory.size(whole), product), run.memory.sizes)
        if fact is not None:
            run.memory.sizes[fact[0]] = fact[1]
    return axes


def written_around(right: Expression, axes: Mapping[str, Dim], lengths: Lengths, origin: Origin) -> Any:
    """What such a pattern gives: of known rank where `...` became one dimension or none."""

    def length_of(group: Group) -> Dim:
        if any(axis.is_ellipsis for axis in group.axes):
            return size("")
        found = [axes.get(axis.name) or given_length(axis.name, lengths) or size(axis.name) for axis in group.axes]
        return prod(found, start=dim(1))

    if not any(group.is_spread for group in right.groups):
        return tensor([length_of(group) for group in right.groups], origin)
    hole = Hole()
    hole.lengths.update({at: length_of(group) for at, group in _outside(right)})
    return hole


def _outside(expression: Expression) -> list[tuple[int, Group]]:
    """The groups before and after `...`, with the place of each: counted from the end after it."""
    groups = expression.groups
    star = next((at for at, group in enumerate(groups) if group.is_spread or group.text == "*"), len(groups))
    return [(at if at < star else at - len(groups), group) for at, group in enumerate(groups) if at != star]


def given_length(name: str, lengths: Lengths) -> Dim | None:
    """The length of an axis where the call gives it, or its name is a number."""
    value = int(name) if name.isdecimal() else lengths.get(name)
    return dim(value) if isinstance(value, Dim) or type(value) is int else None
