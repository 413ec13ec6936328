"""EinMix: its input split, multiplied with the weight, and what is done once the bias was added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from einlint.patterns.model import Expression, Pattern
from einlint.rewrites.lowering.arrows import rearranged, start
from einlint.rewrites.lowering.contractions import product
from einlint.rewrites.lowering.layout import Layout
from einlint.rewrites.lowering.lowered import Lowered, Style, lowered
from einlint.rewrites.lowering.sides import Sides
from einlint.rewrites.lowering.sizes import SPREAD, Dimension, Sizes, Source, length
from einlint.rewrites.lowering.tree import Name, Node
from einlint.rewrites.rewrite import Refusal


class Mixed(NamedTuple):
    """The product of `x` and `weight`, to which a bias may be added, and what becomes of the sum, as `x` again."""

    product: Lowered
    result: Lowered


def lower_einmix(pattern: Pattern, weight: Expression, lengths: Mapping[str, str], style: Style, biased: bool) -> Mixed:
    """`EinMix` with a weight of these axes. Without a bias the product is the result."""
    if not pattern.valid or pattern.output is None:
        raise Refusal("the pattern is not valid")
    given = {name: length(text) for name, text in lengths.items()}
    left, right = _dimensions(pattern.inputs[0]), _dimensions(pattern.output)
    flat = _elementary(right)
    sources = [Source(Name("x"), left), Source(Name("weight"), _elementary(_dimensions(weight)))]
    whole = _rearranged(start(Name("x"), left, Sizes(sources, given), style), left, _elementary(left), given)
    factor = start(Name("weight"), sources[1].dims, Sizes(sources[::-1], given), style)
    made = product([whole, factor], [each.axes[0] for each in flat])
    if not biased:
        made = _rearranged(made, flat, right, given)
        return Mixed(lowered(made.node), lowered(Name("x")))
    after = _rearranged(start(Name("x"), flat, Sizes([Source(Name("x"), flat)], given), style), flat, right, given)
    return Mixed(lowered(made.node), lowered(after.node))


def _dimensions(side: Expression) -> list[Dimension]:
    """The dimensions of a side; axes of length 1 are left out, so `1` is a dimension of none."""
    return [
        Dimension(tuple(SPREAD if a.is_ellipsis else a.name for a in group.axes if a.name != "1"), group.is_spread)
        for group in side.groups
    ]


def _elementary(dims: Sequence[Dimension]) -> list[Dimension]:
    """One dimension for each axis."""
    return [Dimension((axis,), axis == SPREAD) for each in dims for axis in each.axes]


def _rearranged(
    layout: Layout, before: Sequence[Dimension], after: Sequence[Dimension], given: Mapping[str, Node]
) -> Layout:
    return rearranged(layout, Sides(tuple(before), tuple(after), given), None)
