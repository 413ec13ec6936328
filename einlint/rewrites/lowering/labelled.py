"""Tensors whose dimensions are one label each, as einsum has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from einlint.rewrites.lowering import tree
from einlint.rewrites.lowering.layout import Layout, Run
from einlint.rewrites.lowering.sizes import SPREAD, Dimension
from einlint.rewrites.lowering.tree import Attribute


def cost(layout: Layout) -> tuple[int, int]:
    """Few steps first, then little text."""
    return tree.effort(layout.node), len(tree.text(layout.node))


def labels(layout: Layout) -> list[str]:
    """The labels of a tensor whose dimensions are one label each."""
    return [d.axes[0] for d in layout.dims]


def dimensions(some: Iterable[str]) -> list[Dimension]:
    """One dimension for each label."""
    return [Dimension((each,), each == SPREAD) for each in some]


def in_order(layout: Layout, order: Sequence[str]) -> Layout:
    """The dimensions by label."""
    own = labels(layout)
    return permuted(layout, [own.index(each) for each in order])


def permuted(layout: Layout, order: Sequence[int]) -> Layout:
    """As `Layout.permute`; the last two of more dimensions exchanged are a matrix transposed."""
    lead = range(len(order) - 2)
    swaps = len(lead) > 0 and list(order) == [*lead, len(order) - 1, len(order) - 2]
    if swaps and layout.style.matrix_transpose and not any(d.spread for d in layout.dims[-2:]):
        return layout.become(Attribute(layout.node, "mT"), [layout.dims[k] for k in order])
    return layout.permute(order)


def folded(layout: Layout, groups: Sequence[Sequence[str]], whole: Sequence[str] = ()) -> Layout:
    """One dimension for each group of labels, in their order; the group `whole` is one even if it is an ellipsis."""
    parts = [Run(len(group), list(group) == [SPREAD] == list(whole)) for group in groups]
    moved = in_order(layout, [each for group in groups for each in group])
    ways = [moved.merge(parts)]
    own = labels(layout)
    starts = sorted(range(len(groups)), key=lambda k: own.index(groups[k][0]))
    if [each for k in starts for each in groups[k]] == own:
        merged = layout.merge([parts[k] for k in starts])
        ways.append(permuted(merged, [starts.index(k) for k in range(len(groups))]))
    return min(ways, key=cost)
