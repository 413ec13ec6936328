"""How the length of an axis is written: as it was given, else read from the operand's shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from einlint.rewrites.lowering.tree import Attribute, Index, Name, Node, Number, Operation, Slice, function
from einlint.rewrites.rewrite import Refusal

SPREAD = "..."


class Dimension(NamedTuple):
    """One dimension as an ordered product of axes, or with `spread` any number of dimensions."""

    axes: tuple[str, ...]
    spread: bool = False


@dataclass(frozen=True)
class Sizes:
    """The lengths of one operand's axes. `source` is the operand where its shape may be read, else None."""

    source: Node | None
    dims: Sequence[Dimension]
    given: Mapping[str, Node] = field(default_factory=dict)

    def of(self, axis: str) -> Node:
        """The length of an axis; for `...` the product of its dimensions."""
        if axis in self.given:
            return self.given[axis]
        at = next((k for k, dimension in enumerate(self.dims) if axis in dimension.axes), None)
        if at is None:
            raise Refusal(f"the length of `{axis}` is not given")
        if axis == SPREAD:
            return function("math.prod", self.spread())
        others = [each for each in self.dims[at].axes if each != axis]
        if any(each not in self.given for each in others):
            raise Refusal(f"the length of `{axis}` cannot be computed")
        whole = Index(self._shape(), (Number(index(self.dims, at)),))
        return Operation("//", whole, product(self.given[each] for each in others)) if others else whole

    def product(self, axes: Sequence[str]) -> Node:
        """The length of a dimension made of these axes."""
        if len(axes) > 1:
            for at, dimension in enumerate(self.dims):
                if dimension.axes == tuple(axes):
                    return Index(self._shape(), (Number(index(self.dims, at)),))
        return product(map(self.of, axes))

    def spread(self) -> Node:
        """The lengths of the dimensions of the ellipsis, as a tuple."""
        at = next(k for k, dimension in enumerate(self.dims) if dimension.spread)
        after = len(self.dims) - at - 1
        shape = self._shape()
        return Index(shape, (Slice(at or None, -after or None),)) if at or after else shape

    def is_positive(self, size: object) -> bool:
        """Whether a size cannot be 0: a number, or a length that a pattern was given."""
        return isinstance(size, Number) and size.value > 0 or size in self.given.values()

    def _shape(self) -> Node:
        if self.source is None:
            raise Refusal("the shape of the stacked list would be read again")
        return Attribute(self.source, "shape")


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
