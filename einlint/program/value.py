"""A tensor as a program: dimensions that are ordered products of axes, and the term of one element."""

from __future__ import annotations

from collections.abc import Sequence

from einlint.dimensions import ONE, Dim, dim
from einlint.dimensions.alignment import blocks
from einlint.dimensions.dim import product
from einlint.lazily import cached, dataclass, replace
from einlint.program.canonical import fuse
from einlint.program.deciding import decider, require_equal
from einlint.program.terms import Axis, Lineage, Linear, Read, Unprovable, factor, new_axis, subs

Dimension = tuple[Axis, ...]
BLANK = Linear(())
"""The body of a tensor of which only the dimensions are asked for."""


@dataclass(frozen=True)
class Value:
    """A tensor. `dims` are its dimensions, most significant axis first; the axes occur free in `body`.

    `contiguous` is None when the memory layout is not known; `conditions` say for which sizes the
    value is defined, as sortable keys beyond what its dimensions need.
    """

    dims: tuple[Dimension, ...]
    body: Linear
    dtype: str = "float64"
    contiguous: bool = True
    conditions: frozenset[tuple[str, ...]] = frozenset()

    @cached
    def shape(self) -> tuple[Dim, ...]:
        return tuple([length_of(d) for d in self.dims])

    @cached
    def axes(self) -> tuple[Axis, ...]:
        return tuple([axis for dimension in self.dims for axis in dimension])


def length_of(dimension: Dimension) -> Dim:
    return dimension[0].size if len(dimension) == 1 else product([axis.size for axis in dimension])


def operand(name: str, shape: Sequence[Dim], dtype: str = "float64") -> Value:
    """An input of these lengths."""
    dims = tuple(dimension(size) for size in shape)
    return Value(dims, factor(Read(name, tuple(map(index_of, dims)))), dtype)


def dimension(size: Dim) -> Dimension:
    """A new dimension of this length; one of length 1 needs no axis."""
    return () if size == ONE else (new_axis(size),)


def opaque(shape: Sequence[Dim], like: Value) -> Value:
    """A tensor of which nothing but the shape is known: equal only to itself."""
    if decider().by_shape:
        own = like.dims if len(like.dims) == len(shape) else [None] * len(shape)
        kept = (
            d if d is not None and length_of(d) == size else dimension(size) for d, size in zip(own, shape, strict=True)
        )
        return replace(like, dims=tuple(kept), body=BLANK, contiguous=False)
    value = operand(f"?{new_axis(ONE).name}", shape, like.dtype)
    return replace(value, conditions=like.conditions, contiguous=False)


def index_of(dimension: Dimension) -> Dim:
    """The position along a dimension as a polynomial of its axes."""
    position = dim(0)
    for axis in dimension:
        position = position * axis.size + axis.index
    return position


def fresh(value: Value) -> Value:
    """The same tensor over fresh axes, so that it can meet itself."""
    if decider().by_shape:
        return value
    table = {axis.name: new_axis(axis.size) for axis in value.axes}
    body = subs(value.body, {name: axis.index for name, axis in table.items()})
    return replace(value, dims=tuple(tuple(table[a.name] for a in d) for d in value.dims), body=body)


def regroup(value: Value, shape: Sequence[Dim]) -> Value:
    """The tensor with its axes, in their order, grouped into dimensions of these lengths.

    This is reshape. Where the factorisations do not align the result is opaque.
    """
    require_equal(product(value.shape), product(shape), "the number of elements differs")
    if decider().by_shape:
        return split(value, shape)
    waiting = [axis for axis in value.axes if axis.size != ONE]
    units = {axis.name: dim(0) for axis in value.axes if axis.size == ONE}
    body, dims = subs(value.body, units), []
    for size in shape:
        taken: list[Axis] = []
        need = size
        while need != ONE:
            if not waiting:
                return opaque(shape, value)
            axis = waiting.pop(0)
            rest, more = axis.size.exact(need), need.exact(axis.size)
            if more is not None:
                taken.append(axis)
                need = more
            elif rest is not None:
                high = new_axis(need, Lineage("part", (axis,), step=rest))
                low = new_axis(rest, Lineage("part", (axis,)))
                body = subs(body, {axis.name: high.index * rest + low.index})
                taken.append(high)
                waiting.insert(0, low)
                need = ONE
            else:
                return opaque(shape, value)
        dims.append(tuple(taken))
    return replace(value, dims=tuple(dims), body=body) if not waiting else opaque(shape, value)


def split(value: Value, shape: Sequence[Dim]) -> Value:
    """`regroup` into lengths that are known to make up those of the dimensions."""
    if not decider().by_shape:
        return regroup(value, shape)
    if value.shape == tuple(shape) and all(axis.size != ONE for axis in value.axes):
        return value
    return replace(value, dims=_regrouped(value.axes, shape), body=BLANK)


def _regrouped(every: Sequence[Axis], shape: Sequence[Dim]) -> tuple[Dimension, ...]:
    """The dimensions of a reshape by shape alone: what does not align gets new axes, and only that."""
    axes = [axis for axis in every if axis.size != ONE]
    wanted = [at for at, size in enumerate(shape) if size != ONE]
    dims: list[Dimension] = [()] * len(shape)
    for block in blocks([axis.size for axis in axes], [shape[at] for at in wanted]):
        inner, places = axes[block.before.start : block.before.stop], wanted[block.after.start : block.after.stop]
        made = regrouped_block(inner, [shape[at] for at in places])
        for at, dimension_ in zip(places, made or [dimension(shape[at]) for at in places], strict=True):
            dims[at] = dimension_
    return tuple(dims)


def regrouped_block(axes: Sequence[Axis], sizes: Sequence[Dim]) -> list[Dimension] | None:
    """One axis cut into several, several in one, or what divides in turn; None where axes and sizes do not align."""
    if len(sizes) == 1:
        return [tuple(axes)]
    if len(axes) == 1:
        steps = [product(sizes[place + 1 :]) for place in range(len(sizes))]
        return [(new_axis(size, Lineage("part", (axes[0],), step=s)),) for size, s in zip(sizes, steps, strict=True)]
    waiting, dims = list(axes), []
    for size in sizes:
        taken: list[Axis] = []
        need = size
        while need != ONE:
            if not waiting:
                return None
            axis = waiting.pop(0)
            rest, more = axis.size.exact(need), need.exact(axis.size)
            if more is not None:
                taken.append(axis)
                need = more
            elif rest is not None:
                taken.append(new_axis(need, Lineage("part", (axis,), step=rest)))
                waiting.insert(0, new_axis(rest, Lineage("part", (axis,))))
                need = ONE
            else:
                return None
        dims.append(tuple(taken))
    return None if waiting else dims


def single(value: Value, position: int) -> Value:
    """The tensor with one dimension made of one axis, for slicing. Raises Unprovable when it is entangled."""
    dimension = value.dims[position]
    if len(dimension) == 1:
        return value
    if not dimension:
        axis = new_axis(ONE)
        return with_dimension(value, position, (axis,))
    whole = new_axis(length_of(dimension), Lineage("whole", dimension))
    axes, body = fuse(dimension, value.body)
    if len(axes) != 1:
        raise Unprovable("a slice of a merged dimension")
    body = subs(body, {axes[0].name: whole.index})
    return with_dimension(replace(value, body=body), position, (whole,))


def with_dimension(value: Value, position: int, dimension: Dimension) -> Value:
    return replace(value, dims=(*value.dims[:position], dimension, *value.dims[position + 1 :]))
