"""Operations that put tensors one after the other, or cut one into parts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from einlint.dimensions import ONE, ZERO, Dim, dim
from einlint.dimensions import dim as length
from einlint.lazily import replace
from einlint.operations.arithmetic import pointwise, promoted
from einlint.operations.assumptions import natural
from einlint.operations.elementwise import sigmoid
from einlint.operations.fallback import aligned, with_body
from einlint.operations.structure import drop, number_of, unsqueeze
from einlint.operations.table import denotes
from einlint.program.deciding import decider, equal, require, require_divides, require_equal
from einlint.program.terms import (
    Guard,
    Lineage,
    Linear,
    Ratio,
    Select,
    Unprovable,
    add,
    factor,
    is_finite_term,
    multiply,
    new_axis,
    scale,
    subs,
)
from einlint.program.value import Value, length_of, opaque, single
from einlint.program.value import dimension as dimension_of


def joined(values: Sequence[Value], position: Any) -> Value:
    """Tensors one after the other along an existing dimension."""
    if not all(isinstance(value, Value) for value in values):
        raise Unprovable("something else than tensors to join")
    require(bool(values), "nothing to join")
    rank = len(values[0].dims)
    require(all(len(v.dims) == rank for v in values), "ranks differ")
    at = number_of(position, rank)
    for k in range(rank):
        for value in values[1:] if k != at else ():
            require_equal(values[0].shape[k], value.shape[k], "sizes differ")
    dtype = promoted(values)
    lengths = [v.shape[at] for v in values]
    shape = [sum(lengths, ZERO) if k == at else size for k, size in enumerate(values[0].shape)]
    conditions = _conditions(values)
    values = [v for v in values if v.shape[at] != ZERO] or values[:1]
    lengths = [v.shape[at] for v in values]
    contiguous = all(value.contiguous for value in values)
    base = replace(values[0], dtype=dtype, contiguous=contiguous, conditions=conditions)
    if len(values) == 1:
        return base
    if any(v.dtype != dtype for v in values):
        return opaque(shape, base)
    if any(length != lengths[0] for length in lengths):
        return _consecutive(values, at, lengths, replace(base, dims=values[0].dims), shape)
    shared, common = aligned(values, [[k] * len(values) for k in range(rank)])
    part = new_axis(dim(len(values)))
    body = factor(Select(part.index, tuple(v.body for v in shared)))
    dims = tuple((part, *d) if k == at else d for k, d in enumerate(common))
    return replace(base, dims=dims, body=body)


def _consecutive(values: Sequence[Value], at: int, lengths: Sequence[Dim], base: Value, shape: Sequence[Dim]) -> Value:
    """Parts of different lengths: the last one, corrected to the one before as far as that reaches, and so on.

    Where a part is read beyond its ends the corrections cancel.
    """
    if decider().by_shape or not all(is_finite_term(v.body) and _is_single(v, at) for v in values):
        return opaque(shape, base)
    rank = len(shape)
    shared, common = aligned([single(v, at) for v in values], [[k] * len(values) for k in range(rank) if k != at])
    axis, start, ends, terms = new_axis(sum(lengths, ZERO)), ZERO, list[Dim](), list[Linear]()
    for value, size in zip(shared, lengths, strict=True):
        terms.append(subs(value.body, {value.dims[at][0].name: axis.index - start}))
        start = start + size
        ends.append(start)

    def body() -> Linear:
        found = terms[-1]
        for end, term, after in zip(ends, terms, terms[1:], strict=False):
            reached = factor(Guard(end - 1 - axis.index))
            found = add(found, multiply(reached, add(term, scale(after, Ratio(Fraction(-1))))))
        return found

    return with_body(replace(base, dims=(*common[:at], (axis,), *common[at:])), body)


def _conditions(values: Sequence[Value]) -> frozenset[tuple[str, ...]]:
    return frozenset().union(*(v.conditions for v in values))


def _sequence(tensors: Any) -> list[Value]:
    if not isinstance(tensors, (tuple, list)):
        raise Unprovable("tensors that are no sequence")
    return list(tensors)


@denotes("torch.cat", "torch.concat", "torch.concatenate")
def cat(tensors: Sequence[Value], dim: int = 0) -> Value:
    # an empty vector fits tensors of every rank
    flat = [t for t in tensors if len(t.dims) == 1]
    plain = len(flat) == len(tensors) and len({t.dtype for t in flat}) == 1 and dim in (0, -1)
    if not plain and not all(decider().at_least(t.shape[0], ONE) for t in flat):
        decider().admit("a vector that may be empty")
    if decider().by_shape and len({len(t.dims) for t in tensors}) > 1:
        tensors = [t for t in tensors if len(t.dims) != 1 or not equal(t.shape[0], ZERO)]
    return joined(_sequence(tensors), dim)


@denotes("numpy.concatenate", "numpy.concat")
def concatenate(arrays: Sequence[Value], axis: int = 0) -> Value:
    return joined(_sequence(arrays), axis)


@denotes("torch.stack")
def stack(tensors: Sequence[Value], dim: int = 0) -> Value:
    values = _sequence(tensors)
    at = number_of(dim, len(values[0].dims) + 1)
    return joined([unsqueeze(v, at) for v in values], at)


@denotes("numpy.stack")
def numpy_stack(arrays: Sequence[Value], axis: int = 0) -> Value:
    return stack(arrays, axis)


def cut(x: Value, at: int, start: Dim, size: Dim, step: int = 1) -> Value:
    """The elements `start`, `start + step`... of a dimension."""
    if x.shape[at] == size and step == 1:
        return x
    dimension = x.dims[at]
    if step == 1 and len(dimension) > 1:
        inside = length_of(dimension[1:])
        if start.exact(inside) is not None and size.exact(inside) is not None:
            return _cut_high(x, at, start // inside, size // inside)
    if decider().by_shape:
        taken = () if size == ONE else (new_axis(size, Lineage("piece", dimension, start, dim(step))),)
        return replace(x, dims=(*x.dims[:at], taken, *x.dims[at + 1 :]), contiguous=False)
    if not _is_single(x, at):
        decider().admit("a slice of a merged dimension")
        return opaque([*x.shape[:at], size, *x.shape[at + 1 :]], x)
    x = single(x, at)
    axis = x.dims[at][0]
    piece = new_axis(size)
    body = subs(x.body, {axis.name: start + piece.index * step})
    return replace(x, dims=(*x.dims[:at], (piece,), *x.dims[at + 1 :]), body=body, contiguous=False)


def _is_single(x: Value, at: int) -> bool:
    """Whether a dimension can be written as one axis."""
    try:
        single(x, at)
    except Unprovable:
        return False
    return True


def _cut_high(x: Value, at: int, start: Dim, size: Dim) -> Value:
    first, *rest = x.dims[at]
    piece = new_axis(size, Lineage("piece", (first,), start))
    body = subs(x.body, {first.name: start + piece.index})
    return replace(x, dims=(*x.dims[:at], (piece, *rest), *x.dims[at + 1 :]), body=body, contiguous=False)


def parts(x: Value, at: int, sizes: Sequence[Dim]) -> list[Value]:
    """A dimension cut into consecutive parts."""
    starts = [sum(sizes[:k], ZERO) for k in range(len(sizes))]
    return [cut(x, at, start, size) for start, size in zip(starts, sizes, strict=True)]


@denotes("T.chunk", "T.unsafe_chunk")
def chunk(x: Value, chunks: int, dim: int = 0) -> tuple[Value, ...]:
    at = number_of(dim, len(x.dims))
    size = x.shape[at]
    chunks = decider().integer(length(chunks))
    require(chunks >= 1, "no chunks")
    if parts_evenly(size, chunks):
        return tuple(parts(x, at, [size // chunks] * chunks))
    return tuple(parts(x, at, _uneven(size, -(-_integer(size) // chunks))))


def parts_evenly(size: Dim, count: int) -> bool:
    """Whether a dimension has equal parts. Code that is read for its dimensions is taken to make equal ones."""
    if decider().by_shape and size.constant is None:
        return True
    return decider().divides(dim(count), size)


def _integer(size: Dim) -> int:
    return decider().integer(size)


def _uneven(size: Dim, piece: int) -> list[Dim]:
    whole = _integer(size)
    return [dim(min(piece, whole - start)) for start in range(0, whole, piece)]


@denotes("T.split", "T.unsafe_split")
def split(x: Value, split_size: Any, dim: int = 0) -> tuple[Value, ...]:
    at = number_of(dim, len(x.dims))
    if isinstance(split_size, (tuple, list)):
        sizes = [length(s) for s in split_size]
        require(natural(sizes), "a negative part")
        require_equal(sum(sizes, ZERO), x.shape[at], "the parts do not add up")
        return tuple(parts(x, at, sizes))
    piece = length(split_size)
    if not natural([piece, x.shape[at]], ONE):
        decider().admit("parts that may be empty")
    count = x.shape[at].exact(piece)
    if count is not None and count.constant is not None:
        return tuple(parts(x, at, [piece] * count.constant))
    return tuple(parts(x, at, _uneven(x.shape[at], _integer(piece))))


@denotes("T.split_with_sizes")
def split_with_sizes(x: Value, split_sizes: Any, dim: int = 0) -> tuple[Value, ...]:
    return split(x, list(split_sizes), dim)


@denotes("numpy.unstack")
def unstack(x: Value, *, axis: int = 0) -> tuple[Value, ...]:
    return unbind(x, axis)


@denotes("T.unbind")
def unbind(x: Value, dim: int = 0) -> tuple[Value, ...]:
    at = number_of(dim, len(x.dims))
    return tuple(picked(x, at, k) for k in range(_integer(x.shape[at])))


def picked(x: Value, at: int, index: Any) -> Value:
    """One position of a dimension; negative counts from the end."""
    size, place = x.shape[at], dim(index)
    if decider().by_shape and (size.constant is None or place.constant is None):
        return replace(x, dims=(*x.dims[:at], *x.dims[at + 1 :]), contiguous=False)
    if not decider().at_least(place, ZERO):
        require(decider().at_least(size, -place), "an index out of range")
        place = size + place
    else:
        require(decider().at_least(size, place + 1), "an index out of range")
    return drop(cut(x, at, place, ONE), at)


@denotes("T.flip")
def flip(x: Value, *dims: Any) -> Value:
    if not dims:
        raise Unprovable("no dimensions to flip")
    listed = dims[0] if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else dims
    if not x.dims:
        raise Unprovable("flip of a scalar")
    numbers = [number_of(each, len(x.dims)) for each in listed]
    require(len(set(numbers)) == len(numbers), "repeated dimension")
    for each in numbers:
        if x.shape[each] != ONE:
            x = _backwards(x, each)
    return x


@denotes("numpy.flip")
def numpy_flip(x: Value, axis: Any = None) -> Value:
    listed = range(len(x.dims)) if axis is None else axis if isinstance(axis, (tuple, list)) else [axis]
    return flip(x, list(listed))


def _backwards(x: Value, at: int) -> Value:
    reverse = {axis.name: axis.size - 1 - axis.index for axis in x.dims[at]}
    table = {axis.name: new_axis(axis.size) for axis in x.dims[at]}
    renaming = {name: reverse[name].subs({name: axis.index}) for name, axis in table.items()}
    dims = tuple(table[axis.name] for axis in x.dims[at])
    return replace(x, dims=(*x.dims[:at], dims, *x.dims[at + 1 :]), body=subs(x.body, renaming))


@denotes("F.glu")
def glu(x: Value, dim: int = -1) -> Value:
    at = number_of(dim, len(x.dims))
    if x.dtype != "float64":
        decider().admit("glu of another dtype")
    require_divides(length(2), x.shape[at], "an odd length")
    a, b = parts(x, at, [x.shape[at] // 2] * 2)
    return pointwise("mul", (a, sigmoid(b)))


def windows(x: Value, position: Any, size: int, step: int) -> Value:
    """Windows of a dimension: their number stands in its place, their elements in a new last dimension."""
    if not x.dims:
        raise Unprovable("windows of a scalar")
    at = number_of(position, len(x.dims))
    if decider().by_shape:
        count = (x.shape[at] - size) // dim(step) + 1
        dims = (*x.dims[:at], dimension_of(count), *x.dims[at + 1 :], dimension_of(dim(size)))
        return replace(x, dims=dims, contiguous=False)
    require(step >= 1 and size >= 0, "a step or a size below its least")
    require(decider().at_least(x.shape[at], dim(size)), "a window longer than the dimension")
    count = (x.shape[at] - size) // step + 1
    if not _is_single(x, at):
        decider().admit("windows of a merged dimension")
        return opaque([*x.shape[:at], count, *x.shape[at + 1 :], dim(size)], x)
    x = single(x, at)
    axis, outer, inner = x.dims[at][0], new_axis(count), new_axis(dim(size))
    body = subs(x.body, {axis.name: outer.index * step + inner.index})
    return replace(x, dims=(*x.dims[:at], (outer,), *x.dims[at + 1 :], (inner,)), body=body, contiguous=False)


@denotes("Tensor.unfold")
def unfold(x: Value, dimension: int, size: int, step: int) -> Value:
    return windows(x, dimension, size, step)
