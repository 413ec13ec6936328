"""The two sides of an arrow as axes that need not be told apart further."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from einlint.patterns.model import Axis, Expression, Group, Pattern
from einlint.rewrites.lowering.sizes import SPREAD, Dimension, length, product
from einlint.rewrites.lowering.tree import Node
from einlint.rewrites.rewrite import Refusal


@dataclass(frozen=True)
class Sides:
    """Both sides with the lengths that are given. Axes that always stand side by side are one.

    An axis is named as in the pattern, an anonymous one `2@5` after its place; axes of length 1 are left out, so an
    empty group is a dimension of length 1. `...` may be part of a group of the right side.
    """

    left: tuple[Dimension, ...]
    right: tuple[Dimension, ...]
    given: Mapping[str, Node]
    some: bool = False
    """Whether the ellipsis stands for at least one dimension."""

    @property
    def old(self) -> frozenset[str]:
        return frozenset(axis for dimension in self.left for axis in dimension.axes)

    @property
    def kept(self) -> frozenset[str]:
        return frozenset(axis for dimension in self.right for axis in dimension.axes)


def sides(pattern: Pattern, lengths: Mapping[str, str], rank: int | None = None) -> Sides:
    """Read a valid pattern; the ellipsis becomes that many axes where the operand's rank is known."""
    if not pattern.valid or pattern.output is None:
        raise Refusal("the pattern is not valid")
    left, right = pattern.inputs[0], pattern.output
    given = {name: length(text) for name, text in lengths.items()}
    for axis in (*left.axes, *right.axes):
        if axis.is_number:
            given[_name(axis)] = length(axis.name)
    spread = None if rank is None or left.ellipsis is None else rank - sum(not g.is_spread for g in left.groups)
    if spread is not None and spread < 0:
        raise Refusal("the operand has fewer dimensions than the pattern")
    groups = [_dimensions(side, spread) for side in (left, right)]
    return _joined(Sides(tuple(groups[0]), tuple(groups[1]), given))


def _name(axis: Axis) -> str:
    return f"{axis.name}@{axis.start}" if axis.is_number else axis.name


def _dimensions(side: Expression, spread: int | None) -> list[Dimension]:
    return [d for group in side.groups for d in _dimension(group, spread)]


def _dimension(group: Group, spread: int | None) -> list[Dimension]:
    covered = [SPREAD] if spread is None else [f"{SPREAD}{k}" for k in range(spread)]
    if group.is_spread:
        return [Dimension((axis,), spread is None) for axis in covered]
    axes = [
        a for axis in group.axes for a in (covered if axis.is_ellipsis else [_name(axis)] if axis.name != "1" else [])
    ]
    return [Dimension(tuple(axes))]


def _joined(both: Sides) -> Sides:
    for dimension in (*both.left, *both.right):
        for high, low in zip(dimension.axes, dimension.axes[1:], strict=False):
            if SPREAD not in (high, low) and _together(both, high, low):
                return _joined(_with_one(both, high, low))
    return both


def _together(both: Sides, high: str, low: str) -> bool:
    return all(
        (high in d.axes) == (low in d.axes) and (high not in d.axes or d.axes[d.axes.index(high) + 1 :][:1] == (low,))
        for d in (*both.left, *both.right)
    )


def _with_one(both: Sides, high: str, low: str) -> Sides:
    name = f"{high} {low}"
    given = dict(both.given)
    if high in given and low in given:
        given[name] = product([given[high], given[low]])
    left, right = (tuple(_replaced(d, name, low) for d in side) for side in (both.left, both.right))
    return Sides(left, right, given, both.some)


def _replaced(dimension: Dimension, name: str, low: str) -> Dimension:
    high = name.removesuffix(f" {low}")
    axes: Sequence[str] = [name if axis == high else axis for axis in dimension.axes if axis != low]
    return Dimension(tuple(axes), dimension.spread)
