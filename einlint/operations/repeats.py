"""Operations that give elements more than once: expand, repeat, tile, repeat_interleave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from einlint.dimensions import ONE, Dim, dim
from einlint.dimensions.dim import product
from einlint.lazily import replace
from einlint.operations.assumptions import natural, sure
from einlint.operations.indexing import unknown_length
from einlint.operations.structure import check_natural, number_of, sizes_of
from einlint.operations.table import denotes
from einlint.program.deciding import decider, equal, require, require_equal
from einlint.program.terms import COPY, Unprovable, new_axis, subs
from einlint.program.value import Dimension, Value, dimension, fresh, opaque, regroup


def _widened(own: Dim, size: Dim) -> Dimension:
    """A dimension of length 1 made longer: every index gives the same."""
    return (new_axis(size, COPY),) if own == ONE and size != ONE else dimension(size)


@denotes("Tensor.expand")
def expand(x: Value, *sizes: Any) -> Value:
    wanted = sizes_of(sizes)
    lead = len(wanted) - len(x.dims)
    require(lead >= 0, "fewer sizes than dimensions")
    check_natural([size for size in wanted if size.constant != -1])
    dims: list[Any] = []
    for at, size in enumerate(wanted):
        own = x.shape[at - lead] if at >= lead else ONE
        if size.constant == -1:
            require(at >= lead, "-1 for a new dimension")
            dims.append(x.dims[at - lead])
        elif decider().by_shape:
            decider().common([own, size])
            dims.append(x.dims[at - lead] if own == size and at >= lead else _widened(own, size))
        elif own == size:
            dims.append(x.dims[at - lead] if at >= lead else ())
        elif own == ONE or equal(own, ONE):
            if at >= lead:
                x = replace(x, body=subs(x.body, {axis.name: dim(0) for axis in x.dims[at - lead]}))
            dims.append(_widened(ONE, size))
        else:
            require_equal(own, size, "expand of a dimension that is not of length 1")
            dims.append(x.dims[at - lead])
    return replace(x, dims=tuple(dims), contiguous=False)


@denotes("Tensor.expand_as")
def expand_as(x: Value, other: Value) -> Value:
    return expand(x, list(other.shape))


@denotes("numpy.broadcast_to")
def numpy_broadcast_to(x: Value, shape: Any) -> Value:
    check_natural(sizes_of([shape]))
    return broadcast_to(x, shape)


@denotes("torch.broadcast_to", "Tensor.broadcast_to")
def broadcast_to(x: Value, shape: Any) -> Value:
    if not isinstance(shape, (tuple, list)):
        decider().admit("a shape that is no sequence")
        shape = [shape]
    return expand(x, shape)


def tile_dims(x: Value, counts: Sequence[Dim]) -> Value:
    """The tensor repeated as a whole along each dimension."""
    sure(lambda: natural(counts), "a negative count")
    x = fresh(x)
    dims = tuple(d if c == ONE else (new_axis(c, COPY), *d) for d, c in zip(x.dims, counts, strict=True))
    return replace(x, dims=dims, contiguous=True)


@denotes("Tensor.repeat")
def repeat(x: Value, *counts: Any) -> Value:
    wanted = sizes_of(counts)
    if not counts:
        raise Unprovable("repeat without counts")
    require(len(wanted) >= len(x.dims), "fewer counts than dimensions")
    x = replace(x, dims=((),) * (len(wanted) - len(x.dims)) + x.dims)
    return tile_dims(x, wanted)


@denotes("torch.tile", "numpy.tile")
def tile_function(x: Value, reps: Any) -> Value:
    return tile(x, reps)


@denotes("Tensor.tile")
def tile(x: Value, *counts: Any) -> Value:
    wanted = sizes_of(counts)
    rank = max(len(wanted), len(x.dims))
    x = replace(x, dims=((),) * (rank - len(x.dims)) + x.dims)
    return tile_dims(x, [ONE] * (rank - len(wanted)) + wanted)


@denotes("T.repeat_interleave")
def repeat_interleave(x: Value, repeats: Any, dim: Any = None) -> Value:
    return interleave(x, repeats, dim)


@denotes("N.repeat")
def numpy_repeat(x: Value, repeats: Any, axis: Any = None) -> Value:
    return interleave(x, repeats, axis)


def interleave(x: Value, repeats: Any, position: Any) -> Value:
    """Each element repeated next to itself along one dimension, of the flattened tensor when None."""
    if isinstance(repeats, Value):
        return _repeated(x, position)
    if not isinstance(repeats, (int, Dim)):
        raise Unprovable("repeats that are not a number")
    sure(lambda: natural([dim(repeats)]), "a negative count")
    if position is None:
        x, position = regroup(x, [product(x.shape)]), 0
    at = number_of(position, len(x.dims))
    x = fresh(x)
    dims = (*x.dims[:at], (*x.dims[at], new_axis(dim(repeats), COPY)), *x.dims[at + 1 :])
    return replace(x, dims=dims, contiguous=True)


def _repeated(x: Value, position: Any) -> Value:
    at = 0 if position is None else number_of(position, len(x.dims))
    shape = () if position is None else x.shape
    return opaque([*shape[:at], unknown_length(), *shape[at + 1 :]], x)
