"""Arrows that are one function of torch.nn.functional: pools, and shuffles of pixels and channels."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.rewrites.lowering.layout import Layout
from einlint.rewrites.lowering.sides import Sides
from einlint.rewrites.lowering.tree import Items, Node, function

_POOLS = {"max": "max_pool", "mean": "avg_pool"}


def named(operand: Layout, sides: Sides, reduction: str | None) -> Iterator[Layout]:
    """The arrow as such a function, if it is one and the style allows it."""
    if operand.style.framework != "torch":
        return
    if reduction is None and not operand.style.exact:
        for name, argument in _shuffles(sides):
            if argument is not None:
                yield operand.become(function(f"F.{name}", operand.node, argument), sides.right)
    elif reduction in _POOLS and not (operand.style.exact and _is_inexact(reduction, len(sides.left))):
        kernel = _pooled(sides)
        if kernel is not None:
            name = f"F.{_POOLS[reduction]}{len(sides.left) - 2}d"
            yield operand.become(function(name, operand.node, kernel), sides.right)


def _is_inexact(reduction: str, rank: int) -> bool:
    """Pools of maxima give the gradient of a tie to one element, and `avg_pool3d` takes no half types on the CPU."""
    return reduction == "max" or rank == 5


def _shuffles(sides: Sides) -> Iterator[tuple[str, Node | None]]:
    """Names of functions and what they take besides the operand, None where the arrow is something else."""
    left, right = ([d.axes for d in side] for side in (sides.left, sides.right))
    yield "pixel_shuffle", _factor(sides, left, right)
    yield "pixel_unshuffle", _factor(sides, right, left)
    yield "channel_shuffle", _groups(sides, left, right)


def _factor(sides: Sides, deep: list[tuple[str, ...]], wide: list[tuple[str, ...]]) -> Node | None:
    """The factor between `b (c p q) h w` and `b c (h p) (w q)`."""
    if len(deep) < 3 or len(deep) != len(wide) or deep[:-3] != wide[:-3]:
        return None
    (channels, height, width), (*_, tall, broad) = deep[-3:], wide
    if len(channels) != 3 or (channels[:1], height + channels[1:2], width + channels[2:]) != (wide[-3], tall, broad):
        return None
    one, two = (sides.given.get(axis) for axis in channels[1:])
    return one if one == two else None


def _groups(sides: Sides, left: list[tuple[str, ...]], right: list[tuple[str, ...]]) -> Node | None:
    """The groups of `b (g c) h w -> b (c g) h w`."""
    if len(left) < 3 or len(left[1]) != 2 or right != [left[0], left[1][::-1], *left[2:]]:
        return None
    return None if any(d.spread for d in sides.left) else sides.given.get(left[1][0])


def _pooled(sides: Sides) -> Node | None:
    """The kernel of `b c (h p) (w q) -> b c h w`."""
    lengths = []
    if not 3 <= len(sides.left) <= 5 or len(sides.left) != len(sides.right) or sides.left[:2] != sides.right[:2]:
        return None
    if any(d.spread or len(d.axes) != 1 for d in sides.right):
        return None
    for before, after in zip(sides.left[2:], sides.right[2:], strict=True):
        if len(before.axes) != 2 or before.axes[:1] != after.axes or before.axes[1] not in sides.given:
            return None
        lengths.append(sides.given[before.axes[1]])
    return lengths[0] if all(size == lengths[0] for size in lengths) else Items(tuple(lengths))
