"""A rearrange, reduce or repeat in several steps, each with few dimensions, for targets that take no more.

Axes that stay neighbours through a step are one dimension in it. Axes are dropped and added one dimension at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations

from einlint.rewrites.lowering.layout import Layout, Run
from einlint.rewrites.lowering.sides import Sides
from einlint.rewrites.lowering.sizes import SPREAD, Dimension
from einlint.rewrites.rewrite import Refusal

_MOST_AXES = 7
"""With more there are too many orders to go through on the way."""

Order = tuple[str, ...]


def by_steps(operand: Layout, sides: Sides, reduction: str | None) -> Iterator[Layout]:
    """The operand, whose dimensions are the left side, as the right side; only where the rank is limited."""
    if operand.style.max_rank is None or any(SPREAD in axis for d in sides.left for axis in d.axes):
        return
    old = [Dimension(tuple(axis for axis in d.axes if axis in sides.old)) for d in sides.right]
    layout = _permuted(_dropped(operand, sides, reduction), tuple(axis for d in old for axis in d.axes))
    layout = layout.reshape(old)
    for position in reversed(range(len(old))):
        layout = _grown(layout, position, sides)
    yield layout


def _dropped(layout: Layout, sides: Sides, reduction: str | None) -> Layout:
    """The axes that the right side has not, combined one dimension at a time."""
    for position in reversed(range(len(sides.left))):
        axes = sides.left[position].axes
        gone = [position + k for k, axis in enumerate(axes) if axis not in sides.kept]
        if gone and reduction is None:
            raise Refusal("an axis is dropped")
        if gone and reduction is not None:
            layout = layout.split_at(position).reduce(reduction, gone)
    return layout


def _permuted(layout: Layout, order: Order) -> Layout:
    """The axes in another order, by as many steps as the rank asks for."""
    most = layout.style.max_rank or 0
    before = tuple(axis for d in layout.dims for axis in d.axes)
    for after in _way(before, order, most):
        blocks = _blocks(before, after)
        source = sorted(blocks, key=lambda block: before.index(block[0]))
        layout = layout.reshape([Dimension(block) for block in source]).permute([source.index(b) for b in blocks])
        before = after
    return layout


def _way(before: Order, after: Order, most: int) -> Sequence[Order]:
    """The orders to go through."""
    if before == after:
        return ()
    if len(_blocks(before, after)) <= most:
        return (after,)
    if len(before) > _MOST_AXES:
        raise Refusal(f"it moves {len(before)} axes, more than {_MOST_AXES}")
    found = [
        (len(first) + len(second), between)
        for between in permutations(before)
        if len(first := _blocks(before, between)) <= most and len(second := _blocks(between, after)) <= most
    ]
    if not found:
        raise Refusal(f"it takes more than two steps with at most {most} dimensions")
    return min(found)[1], after


def _blocks(before: Order, after: Order) -> list[Order]:
    """The axes of `after` in runs that are runs of `before`, too."""
    follows = set(pairwise(before))
    blocks = [after[:1]]
    for pair in pairwise(after):
        if pair in follows:
            blocks[-1] = (*blocks[-1], pair[1])
        else:
            blocks.append(pair[1:])
    return blocks


def _grown(layout: Layout, position: int, sides: Sides) -> Layout:
    """One dimension with the new axes that the right side has in it."""
    whole, part = sides.right[position].axes, layout.dims[position].axes
    places = {position + k: axis for k, axis in enumerate(whole) if axis not in part}
    if not places:
        return layout
    if missing := [axis for axis in places.values() if axis not in sides.given]:
        raise Refusal(f"the length of `{missing[0]}` is not given")
    lengths = {place: (axis, sides.given[axis]) for place, axis in places.items()}
    if not part:
        return _merged(layout.repeat(lengths, [place for place in places if place != position]), position, len(whole))
    start = whole.index(part[0])
    if whole[start : start + len(part)] != part:
        raise Refusal("a new axis stands between two of the operand in one dimension")
    shifted = {place if place < position + start else place - len(part) + 1: each for place, each in lengths.items()}
    return _merged(layout.repeat(shifted, list(shifted)), position, len(shifted) + 1)


def _merged(layout: Layout, position: int, length: int) -> Layout:
    """Some neighbouring dimensions as one."""
    after = len(layout.dims) - position - length
    return layout.merge([*[Run(1)] * position, Run(length, length > 1), *[Run(1)] * after])
