"""Two dimensions that one pattern treats alike but for the order of their axes.

`(p1 h) (w p2)`, or `(h p1) (w p2)` merged to `(w h) (p1 p2)`, `(p2 p1 c)` or `(p1 c p2)`. Inference need not know any
tensor for this.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from einlint.calls import Reading
from einlint.lazily import regex
from einlint.patterns.model import Expression, Group
from einlint.silent.suspicion import Suspicion

_NUMBERED = regex(r"(.*?)(\d+)")


def unlike_siblings(reading: Reading) -> Iterator[Suspicion]:
    """Two groups of one side with numbered axes at unlike places, or merged in unlike orders."""
    left, right = reading.pattern.inputs[0], reading.pattern.output
    assert right is not None
    for side, other in ((left, right), (right, left)):
        pairs = [g for g in side.groups if len(g.axes) == 2 and all(axis.name.isidentifier() for axis in g.axes)]
        for one, two in itertools.combinations(pairs, 2):
            found = (
                _at_unlike_places(one, two) or _in_unlike_orders(one, two, pairs, other) or _torn_apart(one, two, other)
            )
            if found and {axis.name for axis in (*one.axes, *two.axes)} <= left.identifiers & right.identifiers:
                yield Suspicion("split-merge-order", reading.span(two.start, two.end), found)
                return


def _at_unlike_places(one: Group, two: Group) -> str:
    """`(p1 h) (w p2)`."""
    (a, b), (c, d) = ([axis.name for axis in group.axes] for group in (one, two))
    if _are_numbered(a, b) or _are_numbered(c, d):  # `(p1 p2) (p3 p4)`: four of a kind
        return ""
    for x, y in ((a, d), (b, c)):
        if _are_numbered(x, y):
            outer, inner = (x, y) if x == a else (y, x)
            message = f"`{outer}` is the outer axis of its group and `{inner}` the inner one of its own, in"
            return f"{message} `{one.text}` and `{two.text}`: one counts blocks, the other elements within a block"
    return ""


def _are_numbered(one: str, other: str) -> bool:
    found = _NUMBERED.fullmatch(one), _NUMBERED.fullmatch(other)
    return bool(found[0] and found[1] and found[0][1] == found[1][1] and found[0][2] != found[1][2])


def _in_unlike_orders(one: Group, two: Group, side: Sequence[Group], other: Expression) -> str:
    """`(h p1) (w p2)` on one side, `(w h) (p1 p2)` or, numbered axes only, `(p2 p1) h w` on the other."""
    (a, b), (c, d) = ([axis.name for axis in group.axes] for group in (one, two))
    place = _places(other)
    if not {a, b, c, d} <= set(place) or place[b][0] != place[d][0] or place[b][0] in (place[a][0], place[c][0]):
        return ""
    are_blocks = place[a][0] == place[c][0]
    if (place[a] < place[c]) is (place[b] < place[d]):
        return ""
    if not are_blocks and not (_are_numbered(b, d) and place[a] < place[c]):
        return ""
    if _are_turned(side, place):
        return ""
    outer, inner = _before(place, a, c), _before(place, b, d)
    return (
        f"`{one.text}` and `{two.text}` go with `{outer[0]}` before `{outer[1]}` and with `{inner[0]}` before "
        f"`{inner[1]}`: blocks are counted in one order, the elements within a block in the other"
    )


def _are_turned(groups: Sequence[Group], place: Mapping[str, tuple[int, int]]) -> bool:
    """Whether three or more are counted in one order but for where it begins: the frame of `(p1 p2 pf)` comes last."""
    axes = [[axis.name for axis in group.axes] for group in groups]
    if len(axes) < 3 or not all(name in place for pair in axes for name in pair):
        return False
    outer, inner = (sorted(range(len(axes)), key=lambda k: place[axes[k][at]]) for at in (0, 1))
    start = outer.index(inner[0])
    return outer[start:] + outer[:start] == inner


def _torn_apart(one: Group, two: Group, other: Expression) -> str:
    """`(h p1) (w p2)` on one side, `(p1 c p2)` on the other."""
    (a, b), (c, d) = ([axis.name for axis in group.axes] for group in (one, two))
    place = _places(other)
    if not _are_numbered(b, d) or b not in place or d not in place or place[b][0] != place[d][0]:
        return ""
    group = other.groups[place[b][0]]
    start, end = sorted((place[b][1], place[d][1]))
    between = [axis.name for axis in group.axes[start + 1 : end] if not _are_numbered(axis.name, b)]
    if not between or {a, c} & {axis.name for axis in group.axes}:
        return ""
    return (
        f"`{group.text}` has `{' '.join(between)}` between `{b}` and `{d}`, the elements of one block of `{one.text}` "
        f"and `{two.text}`: with 2 of each, neighbours of a row of a block stand {2 ** len(between)} times as far apart"
    )


def _places(expression: Expression) -> dict[str, tuple[int, int]]:
    """Which group each axis is in, and where in it."""
    return {axis.name: (k, at) for k, group in enumerate(expression.groups) for at, axis in enumerate(group.axes)}


def _before(place: Mapping[str, tuple[int, int]], one: str, other: str) -> tuple[str, str]:
    return (one, other) if place[one] < place[other] else (other, one)
