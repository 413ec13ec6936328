"""Operations put together from others: vstack and its relatives, splits by side, grids, turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from einlint.dimensions import ONE, Dim, dim
from einlint.operations.constructors import drawn, lengths
from einlint.operations.indexing import sliced
from einlint.operations.losses import common
from einlint.operations.repeats import expand
from einlint.operations.segments import flip, joined, parts, parts_evenly
from einlint.operations.structure import number_of, reshape, transpose, unsqueeze
from einlint.operations.table import denotes
from einlint.program.deciding import decider, require
from einlint.program.terms import Unprovable
from einlint.program.value import Value, opaque


def _at_least(x: Value, rank: int) -> Value:
    """The tensor with dimensions of length 1 around its own, as `atleast_2d` and `atleast_3d` put them."""
    while len(x.dims) < min(rank, 2):
        x = unsqueeze(x, 0)
    return unsqueeze(x, len(x.dims)) if len(x.dims) < rank else x


def _stack(rank: int, place: Callable[[Value], int]) -> Callable[..., Value]:
    def entry(tensors: Any) -> Value:
        if not isinstance(tensors, (tuple, list)) or not tensors:
            raise Unprovable("tensors that are no sequence")
        raised = [_at_least(each, rank) for each in tensors]
        return joined(raised, place(raised[0]))

    return entry


for _library in ("torch", "numpy"):
    denotes(f"{_library}.vstack", f"{_library}.row_stack")(_stack(2, lambda x: 0))
    denotes(f"{_library}.hstack")(_stack(1, lambda x: min(len(x.dims) - 1, 1)))
    denotes(f"{_library}.dstack")(_stack(3, lambda x: 2))


@denotes("torch.column_stack", "numpy.column_stack")
def column_stack(tensors: Any) -> Value:
    if not isinstance(tensors, (tuple, list)):
        raise Unprovable("tensors that are no sequence")
    return joined([reshape(each, -1, 1) if len(each.dims) < 2 else each for each in tensors], 1)


def _raised(rank: int) -> Callable[..., Value]:
    def entry(x: Value) -> Value:
        return _at_least(x, rank)

    return entry


for _rank in (1, 2, 3):
    denotes(f"torch.atleast_{_rank}d", f"numpy.atleast_{_rank}d")(_raised(_rank))


@denotes("numpy.append")
def append(x: Value, values: Value, axis: Any = None) -> Value:
    if axis is None:
        return joined([reshape(x, -1), reshape(values, -1)], 0)
    return joined([x, values], axis)


def sections(x: Value, given: Any, at: int, even: bool) -> tuple[Value, ...]:
    """A dimension cut into a number of parts, or at given places."""
    if isinstance(given, (tuple, list)):
        bounds = [0, *given, None]
        return tuple(sliced(x, at, slice(a, b)) for a, b in pairwise(bounds))
    if not isinstance(given, (int, Dim)):
        raise Unprovable("parts that are no number")
    count, size = decider().integer(dim(given)), x.shape[at]
    require(count >= 1, "no sections")
    if parts_evenly(size, count):
        return tuple(parts(x, at, [size // count] * count))
    require(not even, "not divisible")
    small, extra = divmod(decider().integer(size), count)
    return tuple(parts(x, at, [dim(small + (k < extra)) for k in range(count)]))


@denotes("T.tensor_split")
def tensor_split(x: Value, indices_or_sections: Any, dim: int = 0) -> tuple[Value, ...]:
    return sections(x, indices_or_sections, number_of(dim, len(x.dims)), even=False)


@denotes("numpy.array_split")
def array_split(x: Value, indices_or_sections: Any, axis: int = 0) -> tuple[Value, ...]:
    return sections(x, indices_or_sections, number_of(axis, len(x.dims)), even=False)


@denotes("numpy.split")
def numpy_split(x: Value, indices_or_sections: Any, axis: int = 0) -> tuple[Value, ...]:
    return sections(x, indices_or_sections, number_of(axis, len(x.dims)), even=True)


@denotes("T.hsplit", "numpy.hsplit")
def hsplit(x: Value, indices_or_sections: Any) -> tuple[Value, ...]:
    require(bool(x.dims), "a scalar")
    return sections(x, indices_or_sections, min(len(x.dims) - 1, 1), even=True)


@denotes("T.vsplit", "numpy.vsplit")
def vsplit(x: Value, indices_or_sections: Any) -> tuple[Value, ...]:
    require(len(x.dims) >= 2, "fewer than two axes")
    return sections(x, indices_or_sections, 0, even=True)


@denotes("T.dsplit", "numpy.dsplit")
def dsplit(x: Value, indices_or_sections: Any) -> tuple[Value, ...]:
    require(len(x.dims) >= 3, "fewer than three axes")
    return sections(x, indices_or_sections, 2, even=True)


@denotes("torch.meshgrid")
def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Value, ...]:
    listed = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    return _grid(listed, indexing)


@denotes("numpy.meshgrid")
def numpy_meshgrid(*arrays: Value, indexing: str = "xy") -> tuple[Value, ...]:
    return _grid(arrays, indexing)


def _grid(vectors: Sequence[Value], indexing: str) -> tuple[Value, ...]:
    require(all(len(v.dims) <= 1 for v in vectors), "a grid of tensors that are no vectors")
    count = len(vectors)
    order = [1, 0, *range(2, count)] if indexing == "xy" and count > 1 else list(range(count))
    lengths = [vectors[k].shape[0] if vectors[k].dims else ONE for k in order]
    found = []
    for k, vector in enumerate(vectors):
        spread = reshape(vector, [lengths[p] if order[p] == k else ONE for p in range(count)])
        found.append(expand(spread, lengths))
    return tuple(found)


@denotes("torch.broadcast_tensors", "numpy.broadcast_arrays")
def broadcast_tensors(*tensors: Value) -> tuple[Value, ...]:
    shape = list(common(*tensors).shape)
    return tuple(expand(each, shape) for each in tensors)


@denotes("T.fliplr", "numpy.fliplr")
def fliplr(x: Value) -> Value:
    require(len(x.dims) >= 2, "fewer than two axes")
    return flip(x, 1)


@denotes("T.flipud", "numpy.flipud")
def flipud(x: Value) -> Value:
    require(bool(x.dims), "a scalar")
    return flip(x, 0)


@denotes("T.rot90")
def rot90(x: Value, k: int = 1, dims: Any = (0, 1)) -> Value:
    return _turned(x, k, dims)


@denotes("numpy.rot90")
def numpy_rot90(x: Value, k: int = 1, axes: Any = (0, 1)) -> Value:
    return _turned(x, k, axes)


def _turned(x: Value, turns: int, places: Any) -> Value:
    a, b = (number_of(place, len(x.dims)) for place in places)
    require(a != b, "a turn in one dimension")
    if turns % 4 == 1:
        return transpose(flip(x, b), a, b)
    if turns % 4 == 3:
        return flip(transpose(x, a, b), b)
    return flip(x, a, b) if turns % 4 else x


@denotes("numpy.resize")
def numpy_resize(x: Value, new_shape: Any) -> Value:
    decider().admit("elements that are repeated")
    listed = new_shape if isinstance(new_shape, (tuple, list)) else [new_shape]
    return opaque([dim(size) for size in listed], x)


@denotes("torch.cartesian_prod")
def cartesian_prod(*tensors: Value) -> Value:
    decider().admit("all combinations")
    require(all(len(t.dims) == 1 for t in tensors), "tensors that are no vectors")
    if len(tensors) == 1:
        return tensors[0]
    count = ONE
    for each in tensors:
        count = count * each.shape[0]
    return opaque([count, dim(len(tensors))], tensors[0])


@denotes("numpy.indices")
def indices(dimensions: Any, **options: Any) -> Value:
    sizes = lengths([dimensions])
    return drawn([dim(len(sizes)), *sizes], "int64")
