"""How the length of an axis is written: as it was given, else read from an operand's shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from einlint.rewrites.lowering.tree import Attribute, Index, Items, Name, Node, Number, Operation, Slice, Star, function
from einlint.rewrites.rewrite import Refusal

SPREAD = "..."


class Dimension(NamedTuple):
    """One dimension as an ordered product of axes, or with `spread` any number of dimensions."""

    axes: tuple[str, ...]
    spread: bool = False


class Source(NamedTuple):
    """An operand as it is given: what its shape is read from (None: it may not be read again), and its dimensions."""

    node: Node | None
    dims: Sequence[Dimension]


class _Place(NamedTuple):
    """A dimension of a source."""

    source: int
    position: int


@dataclass(frozen=True)
class Sizes:
    """The lengths of the operands' axes."""

    sources: Sequence[Source]
    given: Mapping[str, Node] = field(default_factory=dict)

    def of(self, axis: str) -> Node:
        """The length of an axis; for `...` the product of its dimensions."""
        if axis in self.given:
            return self.given[axis]
        places = (_Place(n, k) for n, s in enumerate(self.sources) for k, d in enumerate(s.dims) if axis in d.axes)
        place = next(places, None)
        if place is None:
            raise Refusal(f"the length of `{axis}` is not given")
        if axis == SPREAD:
            return function("math.prod", self._slice(place, place))
        dims = self.sources[place.source].dims
        others = [each for each in dims[place.position].axes if each != axis]
        if any(each not in self.given for each in others):
            raise Refusal(f"the length of `{axis}` cannot be computed")
        whole = self._read(place)
        return Operation("//", whole, product(self.given[each] for each in others)) if others else whole

    def product(self, axes: Sequence[str]) -> Node:
        """The length of a dimension made of these axes."""
        place = self._place(Dimension(tuple(axes))) if len(axes) > 1 else None
        return product(map(self.of, axes)) if place is None else self._read(place)

    def listed(self, dims: Sequence[Dimension]) -> list[Node | Star]:
        """The lengths of dimensions; runs of one shape as `*x.shape[1:3]`, and -1 where it cannot be mistaken."""
        sizes = [None if d.spread else self.product(d.axes) for d in dims]
        open_ones = [k for k, size in enumerate(sizes) if not self._is_positive(size)]
        inferred = open_ones[0] if len(open_ones) == 1 and not dims[open_ones[0]].spread else None
        places = [None if k == inferred else self._run(d) for k, d in enumerate(dims)]
        if inferred is not None:
            sizes[inferred] = Number(-1)
        return list(self._collapsed(places, sizes))

    def items(self, dims: Sequence[Dimension]) -> Node:
        """The lengths as one sequence: `(2, h)`, or `x.shape[1:]` as it is."""
        sizes = self.listed(dims)
        only = sizes[0] if len(sizes) == 1 else None
        return only.value if isinstance(only, Star) else Items(tuple(sizes))

    def spread(self) -> Node:
        """The lengths of the dimensions of the ellipsis, as a tuple."""
        place = self._place(Dimension((SPREAD,), True))
        assert place is not None
        return self._slice(place, place)

    @property
    def spreads(self) -> int:
        """How many operands have an ellipsis."""
        return sum(any(SPREAD in d.axes for d in source.dims) for source in self.sources)

    def _run(self, dimension: Dimension) -> _Place | None:
        """Where a dimension's length stands in a shape, if it is written so."""
        return None if any(axis in self.given for axis in dimension.axes) else self._place(dimension)

    def _collapsed(self, places: Sequence[_Place | None], sizes: Sequence[Node | None]) -> Iterator[Node | Star]:
        numbered = list(enumerate(places))
        for _, part in groupby(numbered, key=lambda pair: pair[1] and (pair[1].source, pair[1].position - pair[0])):
            run = list(part)
            first, last = run[0][1], run[-1][1]
            if first is None or last is None:
                yield from (size for at, _ in run if (size := sizes[at]) is not None)
            elif len(run) > 1 or sizes[run[0][0]] is None:
                yield Star(self._slice(first, last))
            else:
                yield self._read(first)

    def _place(self, dimension: Dimension) -> _Place | None:
        places = (_Place(n, k) for n, s in enumerate(self.sources) for k, d in enumerate(s.dims) if d == dimension)
        return next(places, None) if dimension.axes else None

    def _is_positive(self, size: Node | None) -> bool:
        """Whether a size cannot be 0: a number, or a length that a pattern was given."""
        return (isinstance(size, Number) and size.value > 0) or size in self.given.values()

    def _read(self, place: _Place) -> Node:
        dims = self.sources[place.source].dims
        return Index(self._shape(place.source), (Number(index(dims, place.position)),))

    def _slice(self, first: _Place, last: _Place) -> Node:
        dims, shape = self.sources[first.source].dims, self._shape(first.source)
        start = index(dims, first.position) or None
        stop = None if last.position + 1 == len(dims) else index(dims, last.position + 1)
        return shape if start is None and stop is None else Index(shape, (Slice(start, stop),))

    def _shape(self, source: int) -> Node:
        node = self.sources[source].node
        if node is None:
            raise Refusal("the shape of a stacked list would be read")
        return Attribute(node, "shape")


def index(dims: Sequence[Dimension], at: int) -> int:
    """The number of a dimension, counted from the end where an ellipsis stands before it."""
    return at - len(dims) if any(dimension.spread for dimension in dims[:at]) else at


def product(sizes: Iterable[Node]) -> Node:
    """Sizes multiplied; those that are numbers are multiplied now."""
    constant, rest = 1, list[Node]()
    for size in sizes:
        if isinstance(size, Number):
            constant *= size.value
        else:
            rest.append(size)
    if constant != 1 or not rest:
        rest.append(Number(constant))
    whole = rest[0]
    for size in rest[1:]:
        whole = Operation("*", whole, size)
    return whole


def length(text: str) -> Node:
    """A length as the caller wrote it: a number, or a name."""
    return Number(int(text)) if text.isdecimal() else Name(text)
