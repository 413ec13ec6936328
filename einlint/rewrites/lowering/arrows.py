"""rearrange, reduce and repeat: split, reduce, move, repeat, merge.

Dimensions of length 1 may be removed and added, or moved along: each way is written, and the shortest is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice
from typing import NamedTuple

from einlint.rewrites.lowering.labelled import cost
from einlint.rewrites.lowering.layout import UNIT, Layout, Run
from einlint.rewrites.lowering.lowered import Style
from einlint.rewrites.lowering.named import named
from einlint.rewrites.lowering.numpy_layout import NumpyLayout
from einlint.rewrites.lowering.sides import Sides
from einlint.rewrites.lowering.sizes import SPREAD, Dimension, Sizes, product
from einlint.rewrites.lowering.steps import by_steps
from einlint.rewrites.lowering.torch_layout import TorchLayout
from einlint.rewrites.lowering.tree import Node, Number
from einlint.rewrites.rewrite import Refusal

_MOST_WAYS = 100


def start(node: Node, dims: Sequence[Dimension], sizes: Sizes, style: Style) -> Layout:
    """An operand as it is given."""
    layout = TorchLayout if style.framework == "torch" else NumpyLayout
    return layout(node, tuple(dims), sizes, style)


def rearranged(operand: Layout, sides: Sides, reduction: str | None) -> Layout:
    """The operand, whose dimensions are the left side, as the right side."""
    found: list[Layout] = []
    refusals: list[Refusal] = []
    for way in (named, _regrouped, _moved, _tiled, by_steps):
        try:
            found += way(operand, sides, reduction)
        except Refusal as refusal:
            refusals.append(refusal)
    if not found:
        raise refusals[-1]
    return min(found, key=cost)


class _Slot(NamedTuple):
    """One elementary dimension of the result: an axis of the operand, a new one, or of length 1."""

    axis: str
    is_open: bool


def _regrouped(operand: Layout, sides: Sides, reduction: str | None) -> Iterator[Layout]:
    """One reshape, where every axis stays in its order."""
    before, after = ([axis for d in side for axis in d.axes] for side in (sides.left, sides.right))
    if before == after:
        yield operand.reshape(sides.right)


def _tiled(operand: Layout, sides: Sides, reduction: str | None) -> Iterator[Layout]:
    """Axes repeated within dimensions: each element, or all of them. A copy where `expand` may give a view."""
    new = sides.kept - sides.old
    is_numpy = operand.style.framework == "numpy"
    if not new or (operand.style.exact and not is_numpy) or any(sides.given.get(axis) == Number(1) for axis in new):
        return
    old = [Dimension(tuple(a for a in d.axes if a not in new), d.spread) for d in sides.right]
    counts, repeats = [], []
    for whole, part in zip(sides.right, old, strict=True):
        first = next((k for k, axis in enumerate(whole.axes) if axis not in new), len(whole.axes))
        if whole.axes[first : first + len(part.axes)] != part.axes or not (part.axes or is_numpy or whole == UNIT):
            return
        counts.append(product(_length(axis, sides) for axis in whole.axes[:first]))
        repeats.append(product(_length(axis, sides) for axis in whole.axes[first + len(part.axes) :]))
    base = rearranged(operand, Sides(sides.left, tuple(old), sides.given), reduction)
    yield base.tile(counts, repeats, sides.right)


def _moved(operand: Layout, sides: Sides, reduction: str | None) -> Iterator[Layout]:
    slots = [_Slot(axis, axis not in sides.old) for d in sides.right for axis in d.axes or ("",)]
    groups = [Run(max(len(d.axes), 1), len(d.axes) > 1 or (SPREAD in d.axes and not d.spread)) for d in sides.right]
    for reduced, must_stay in _reduced(operand.split(), sides, reduction):
        for matching in islice(_matchings(reduced, slots, must_stay), _MOST_WAYS):
            yield _placed(reduced, slots, matching, sides).merge(groups)


def _reduced(split: Layout, sides: Sides, reduction: str | None) -> Iterator[tuple[Layout, list[int]]]:
    """The operand without the axes that are dropped, or with them as length 1: then where those are."""
    gone = [k for k, d in enumerate(split.dims) if d.axes and d.axes[0] not in sides.kept]
    if not gone:
        yield split, []
        return
    if reduction is None:
        raise Refusal("an axis is dropped")
    spread = next((k for k in gone if split.dims[k].spread), None)
    if spread is None or len(gone) == len(split.dims):
        yield split.reduce(reduction, gone), []
        if spread is None:
            yield split.reduce(reduction, gone, keep=True), gone
    else:
        yield split.reduce(reduction, [k for k in gone if k != spread]).reduce_spread(reduction, sides.some), []


def _matchings(layout: Layout, slots: Sequence[_Slot], must_stay: Sequence[int]) -> Iterator[dict[int, int]]:
    """Which dimension of length 1 serves for which slot that is open, in order."""
    units = [k for k, d in enumerate(layout.dims) if not d.axes]
    wanted = [k for k, slot in enumerate(slots) if slot.is_open]
    for count in range(min(len(units), len(wanted)), -1, -1):
        for some in combinations(units, count):
            if set(must_stay) <= set(some):
                for places in combinations(wanted, count):
                    yield dict(zip(places, some, strict=True))


def _placed(layout: Layout, slots: Sequence[_Slot], matching: Mapping[int, int], sides: Sides) -> Layout:
    """Every slot in its place."""
    surplus = [k for k, d in enumerate(layout.dims) if not d.axes and k not in matching.values()]
    left = [k for k in range(len(layout.dims)) if k not in surplus]
    axes = {d.axes[0]: k for k, d in enumerate(layout.dims) if d.axes}
    present = [k for k, slot in enumerate(slots) if not slot.is_open or k in matching]
    order = [left.index(matching[k] if k in matching else axes[slots[k].axis]) for k in present]
    moved = layout.squeeze(surplus).permute(order)
    lengths = {k: (slot.axis, _length(slot.axis, sides)) for k, slot in enumerate(slots) if slot.is_open and slot.axis}
    return moved.repeat(lengths, [k for k in range(len(slots)) if k not in present])


def _length(axis: str, sides: Sides) -> Node:
    if axis not in sides.given:
        raise Refusal(f"the length of `{axis}` is not given")
    return sides.given[axis]
