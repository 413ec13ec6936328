"""A tensor under construction: the code so far, and what each of its dimensions is made of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

from einlint.rewrites.lowering import tree
from einlint.rewrites.lowering.lowered import Style
from einlint.rewrites.lowering.sizes import SPREAD, Dimension, Sizes, index
from einlint.rewrites.lowering.tree import Attribute, Call, Index, Items, Keyword, Node, Number, method, numbers
from einlint.rewrites.rewrite import Refusal

UNIT = Dimension(())


class Run(NamedTuple):
    """How many neighbouring dimensions make one. `joined` tells `(...)` from `...`."""

    length: int
    joined: bool = False


class Words(NamedTuple):
    """What a library calls its methods and arguments; reductions that have other names than in einops."""

    swap: str
    permute: str
    repeat: str
    keep: str
    reductions: Mapping[str, str]


@dataclass(frozen=True)
class Layout(ABC):
    """Every step gives the layout after it, or itself where there is nothing to do."""

    words: ClassVar[Words]
    node: Node
    dims: tuple[Dimension, ...]
    sizes: Sizes
    style: Style
    note: str = ""

    def become(self, node: Node, dims: Sequence[Dimension]) -> Layout:
        """The layout of another tensor."""
        most = self.style.max_rank
        if most is not None and len(dims) > most:
            raise Refusal(f"it passes through {len(dims)} dimensions, more than {most}")
        return replace(self, node=node, dims=tuple(dims))

    def at(self, position: int) -> int:
        """The number of a dimension in code."""
        return index(self.dims, position)

    def in_place(self, pair: tuple[int, int]) -> list[int]:
        """Two dimension numbers, the one that comes first in front."""
        return sorted(pair, key=lambda number: number % len(self.dims))

    @abstractmethod
    def split(self) -> Layout:
        """One dimension for each axis."""

    def split_at(self, position: int) -> Layout:
        """One dimension for each axis of one dimension."""
        before, after = self.dims[:position], self.dims[position + 1 :]
        return self.reshape([*before, *elementary(self.dims[position : position + 1]), *after])

    @abstractmethod
    def merge(self, groups: Sequence[Run]) -> Layout:
        """Neighbouring dimensions joined."""

    def permute(self, order: Sequence[int]) -> Layout:
        """The dimensions in another order."""
        if list(order) == list(range(len(self.dims))):
            return self
        pair = swap(self.dims, order)
        if pair is not None and len(self.dims) == 2:
            node: Node = Attribute(self.node, "T")
        elif pair is not None:
            node = method(self.node, self.words.swap, *self.in_place(pair))
        elif not any(d.spread for d in self.dims):
            node = method(self.node, self.words.permute, *order)
        else:
            sources, targets = zip(*moves(self.dims, order), strict=True)
            node = self.move(numbers(sources), numbers(targets))
        return self.become(node, [self.dims[k] for k in order])

    @abstractmethod
    def move(self, sources: Node, targets: Node) -> Node:
        """The code that moves some dimensions, whatever the ellipsis stands for."""

    @abstractmethod
    def repeat(self, lengths: Mapping[int, tuple[str, Node]], inserted: Sequence[int]) -> Layout:
        """Dimensions of length 1 repeated: by position, the axis they become and its length.

        Those at the positions `inserted` do not exist yet.
        """

    def reduce(self, reduction: str, positions: Sequence[int], keep: bool = False) -> Layout:
        """Dimensions combined; kept with length 1, or gone."""
        if not positions:
            return self
        name = self.words.reductions.get(reduction, reduction)
        dims = [UNIT if k in positions else d for k, d in enumerate(self.dims) if keep or k not in positions]
        flags = (Keyword(self.words.keep, "True"),) if keep else ()
        if len(positions) == len(self.dims) and not keep:
            return self.become(method(self.node, name), dims)
        return self.become(method(self.node, name, numbers([self.at(k) for k in positions]), *flags), dims)

    def tile(self, counts: Sequence[Node], repeats: Sequence[Node], dims: Sequence[Dimension]) -> Layout:
        """Along each dimension every element repeated, then all of them, which makes the dimensions `dims`."""
        node = self.node
        for k, size in enumerate(repeats):
            if size != Number(1):
                node = method(node, self.words.repeat, size, self.at(k))
        if any(size != Number(1) for size in counts):
            if any(d.spread for d in dims):
                raise Refusal("an ellipsis is repeated")
            node = self.tiled(node, counts)
        return self.become(node, dims)

    @abstractmethod
    def tiled(self, node: Node, counts: Sequence[Node]) -> Node:
        """The code that repeats all of a tensor along each dimension."""

    def squeeze(self, positions: Sequence[int]) -> Layout:
        """Dimensions of length 1 removed."""
        if not positions:
            return self
        dims = [d for k, d in enumerate(self.dims) if k not in positions]
        return self.become(method(self.node, "squeeze", numbers([self.at(k) for k in positions])), dims)

    def insert(self, positions: Sequence[int]) -> Layout:
        """Dimensions of length 1 added, which then stand at `positions`."""
        if not positions:
            return self
        dims = list(self.dims)
        for position in sorted(positions):
            dims.insert(position, UNIT)
        if len(positions) == 1 and self.style.framework == "torch":
            return self.become(method(self.node, "unsqueeze", index(dims, positions[0])), dims)
        return self.become(Index(self.node, _new_axes(dims, positions)), dims)

    def reduce_spread(self, reduction: str, some: bool) -> Layout:
        """The dimensions of the ellipsis combined, of which there may be none, or with `some` at least one is."""
        at = next(k for k, dimension in enumerate(self.dims) if dimension.spread)
        groups = [Run(1, d.spread) for d in self.dims]
        return (self.merge_spread(at) if some else self.merge(groups)).reduce(reduction, [at])

    def merge_spread(self, position: int) -> Layout:
        """The dimensions of the ellipsis, at least one, as one."""
        return self.merge([Run(1, d.spread) for d in self.dims])

    def reshape(self, dims: Sequence[Dimension]) -> Layout:
        """The same elements in the same order, by the lengths of the new dimensions."""
        if list(dims) == list(self.dims):
            return self
        if any(SPREAD in d.axes for d in dims) and self.sizes.spreads > 1 and len(set(tree.names(self.node))) > 1:
            raise Refusal("which lengths the ellipsis broadcasts to is not known")
        sizes = self.sizes.listed(dims) or [Items(())]
        return self.become(method(_before_reshape(self.node), "reshape", *sizes), dims)


def _before_reshape(node: Node) -> Node:
    """What was reshaped, if that is the last step: its elements are in the same order."""
    match node:
        case Call(function="reshape", receiver=inner) if inner is not None:
            return inner
    return node


def elementary(dims: Sequence[Dimension]) -> list[Dimension]:
    """The dimensions after those of several axes were split."""
    return [d for whole in dims for d in ([Dimension((a,)) for a in whole.axes] if len(whole.axes) > 1 else [whole])]


def runs(dims: Sequence[Dimension], groups: Sequence[Run]) -> Iterator[tuple[int, int]]:
    """The first and last dimension of each group that joins several, the last group first."""
    end = len(dims) - 1
    for group in reversed(groups):
        start = end - group.length + 1
        if group.length > 1:
            yield start, end
        end = start - 1


def joined(dims: Sequence[Dimension], groups: Sequence[Run]) -> list[Dimension]:
    """The dimensions after `groups` were joined."""
    result, at = [], 0
    for group in groups:
        part = dims[at : at + group.length]
        at += group.length
        whole = group.joined or group.length > 1
        result.append(Dimension(tuple(axis for d in part for axis in d.axes)) if whole else part[0])
    return result


def lone_spreads(dims: Sequence[Dimension], groups: Sequence[Run]) -> Iterator[int]:
    """Where an ellipsis is a group by itself: it may be no dimension at all."""
    at = 0
    for group in groups:
        if group.length == 1 and group.joined and dims[at].spread:
            yield at
        at += group.length


def swap(dims: Sequence[Dimension], order: Sequence[int]) -> tuple[int, int] | None:
    """The two dimension numbers that change places, where nothing else moves."""
    moves = moved(dims, order)
    if len(moves) == 2 and moves[0] == moves[1][::-1]:
        return moves[0]
    return None


def moved(dims: Sequence[Dimension], order: Sequence[int]) -> list[tuple[int, int]]:
    """The old and the new number of every dimension whose number changes."""
    new = [dims[k] for k in order]
    pairs = [(index(dims, old), index(new, at)) for at, old in enumerate(order) if not dims[old].spread]
    return [pair for pair in pairs if pair[0] != pair[1]]


def moves(dims: Sequence[Dimension], order: Sequence[int]) -> list[tuple[int, int]]:
    """Sources and destinations of the fewest dimensions that must be named to reach an order with an ellipsis."""
    some = moved(dims, order)
    if all(_after(dims, some, count) == _wanted(dims, order, count) for count in range(4)):
        return some
    new = [dims[k] for k in order]
    return [(index(dims, old), index(new, at)) for at, old in enumerate(order) if not dims[old].spread]


def _wanted(dims: Sequence[Dimension], order: Sequence[int], count: int) -> list[tuple[int, int]]:
    return [(k, n) for k in order for n in range(count if dims[k].spread else 1)]


def _after(dims: Sequence[Dimension], some: Sequence[tuple[int, int]], count: int) -> list[tuple[int, int]] | None:
    before = _wanted(dims, range(len(dims)), count)
    slots: list[tuple[int, int] | None] = [None] * len(before)
    for source, target in some:
        if slots[target] is not None:
            return None
        slots[target] = before[source]
    rest = iter([each for each in before if each not in slots])
    return [next(rest) if slot is None else slot for slot in slots]


def _new_axes(dims: Sequence[Dimension], positions: Sequence[int]) -> tuple[str, ...]:
    """`:, None`, with dots for the ellipsis and for the colons before what is added at the end."""
    marks = ["None" if k in positions else "..." if d.spread else ":" for k, d in enumerate(dims)]
    first = marks.index("None")
    if "..." not in marks and first > 1 and all(mark == "None" for mark in marks[first:]):
        return ("...", *marks[first:])
    while marks[-1] == ":" and "..." not in marks:
        marks.pop()
    return tuple(marks)
