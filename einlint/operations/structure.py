"""Operations that only move elements: reshape, permute, expand, repeat and their relatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from einlint.dimensions import ONE, Dim, dim
from einlint.dimensions import dim as length
from einlint.dimensions.dim import product
from einlint.lazily import replace
from einlint.operations.assumptions import natural, sure
from einlint.operations.dtypes import DtypeName, viewed_as
from einlint.operations.table import denotes
from einlint.program.deciding import decider, equal, require, require_divides, require_equal
from einlint.program.terms import Unprovable, subs
from einlint.program.value import Value, regroup

Size = Dim | int


def number_of(position: Any, rank: int) -> int:
    """A dimension number from 0. Raises Undefined when there is no such dimension."""
    if isinstance(position, Dim) and position.constant is not None:
        position = position.constant
    if not isinstance(position, int):
        raise Unprovable("a dimension number that is not a constant")
    require(-rank <= position < rank, "no such dimension")
    return position % rank


def sizes_of(arguments: Sequence[Any]) -> list[Dim]:
    """Sizes given one by one or as one sequence."""
    if not arguments:
        raise Unprovable("no sizes")
    flat = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], (tuple, list)) else arguments
    if not all(isinstance(size, (int, Dim)) for size in flat):
        raise Unprovable("a size that is not an integer")
    return [dim(size) for size in flat]


def check_natural(sizes: Sequence[Dim]) -> None:
    """Refuse sizes below 0, as torch does."""
    require(natural(sizes), "a negative size")


def known_sizes(value: Value, sizes: Sequence[Dim]) -> list[Dim]:
    """Sizes with -1 computed."""
    given = product(size for size in sizes if size.constant != -1)
    check_natural([size for size in sizes if size.constant != -1])
    missing = [at for at, size in enumerate(sizes) if size.constant == -1]
    if not missing:
        return list(sizes)
    require(len(missing) == 1, "more than one -1")
    sure(lambda: decider().at_least(given, ONE), "-1 among sizes that may be 0")
    count = product(value.shape)
    require_divides(given, count, "not divisible")
    rest = count.exact(given)
    if rest is None:
        rest = count // given
    return [rest if at == missing[0] else size for at, size in enumerate(sizes)]


@denotes("T.reshape")
def reshape(x: Value, *shape: Any) -> Value:
    result = regroup(x, known_sizes(x, sizes_of(shape)))
    return replace(result, contiguous=x.contiguous)


@denotes("Tensor.view")
def view(x: Value, *shape: Any) -> Value:
    if len(shape) == 1 and isinstance(shape[0], DtypeName):
        return viewed_as(x, shape[0])
    if not x.contiguous:
        decider().admit("a view of a tensor that may not be contiguous")
    return reshape(x, *shape)


@denotes("Tensor.view_as")
def view_as(x: Value, other: Value) -> Value:
    return view(x, list(other.shape))


@denotes("Tensor.reshape_as")
def reshape_as(x: Value, other: Value) -> Value:
    return reshape(x, list(other.shape))


@denotes("N.reshape")
def numpy_reshape(x: Value, *shape: Any, order: str = "C") -> Value:
    sizes = sizes_of(shape)
    if any(size.constant is not None and size.constant < -1 for size in sizes):
        raise Unprovable("a negative size")
    sizes = known_sizes(x, sizes)
    if order == "F":
        backwards = regroup(permute(x, *reversed(range(len(x.dims)))), sizes[::-1])
        return permute(backwards, *reversed(range(len(sizes))))
    if order != "C":
        raise Unprovable(f"order {order}")
    return replace(regroup(x, sizes), contiguous=x.contiguous)


@denotes("N.ravel", "ndarray.flatten")
def ravel(x: Value, order: str = "C") -> Value:
    return numpy_reshape(x, -1, order=order)


@denotes("T.ravel")
def torch_ravel(x: Value) -> Value:
    return reshape(x, -1)


@denotes("T.flatten")
def flatten(x: Value, start_dim: int = 0, end_dim: int = -1) -> Value:
    if not x.dims:
        require(start_dim in (0, -1) and end_dim in (0, -1), "no such dimension")
        return reshape(x, 1)
    first, last = number_of(start_dim, len(x.dims)), number_of(end_dim, len(x.dims))
    require(first <= last, "start after end")
    merged = product(x.shape[first : last + 1])
    return reshape(x, [*x.shape[:first], merged, *x.shape[last + 1 :]])


@denotes("T.unflatten")
def unflatten(x: Value, dim: int, sizes: Sequence[Size]) -> Value:
    at = number_of(dim, len(x.dims))
    inner = [length(size) for size in sizes]
    require(bool(inner), "no sizes")
    if sum(size.constant == -1 for size in inner) > 1:
        raise Unprovable("sizes that may not be positive")
    positive = natural((s for s in inner if s.constant != -1), ONE)
    sure(lambda: positive, "sizes that may not be positive")
    given = product(size for size in inner if size.constant != -1)
    require_divides(given, x.shape[at], "not divisible")
    inner = [x.shape[at] // given if size.constant == -1 else size for size in inner]
    require_equal(product(inner), x.shape[at], "sizes do not multiply to the dimension")
    return reshape(x, [*x.shape[:at], *inner, *x.shape[at + 1 :]])


@denotes("T.permute")
def permute(x: Value, *dims: Any) -> Value:
    order = dims[0] if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else dims
    if not dims:
        raise Unprovable("permute without dimensions")
    numbers = [number_of(d, len(x.dims)) for d in order]
    require(sorted(numbers) == list(range(len(x.dims))), "not a permutation")
    moved = [n for n in numbers if x.shape[n] != ONE]
    return replace(x, dims=tuple(x.dims[n] for n in numbers), contiguous=x.contiguous and moved == sorted(moved))


@denotes("T.transpose", "T.swapaxes", "T.swapdims", "N.swapaxes")
def transpose(x: Value, axis0: int, axis1: int) -> Value:
    if not x.dims and axis0 in (0, -1) and axis1 in (0, -1):
        return x
    a, b = number_of(axis0, len(x.dims)), number_of(axis1, len(x.dims))
    order = list(range(len(x.dims)))
    order[a], order[b] = b, a
    return permute(x, *order)


@denotes("T.t")
def t(x: Value) -> Value:
    require(len(x.dims) <= 2, "t() of more than two dimensions")
    return permute(x, *reversed(range(len(x.dims))))


@denotes("numpy.transpose", "numpy.permute_dims")
def numpy_transpose_function(x: Value, axes: Any = None) -> Value:
    return reversed_dims(x) if axes is None else permute(x, axes)


@denotes("ndarray.transpose")
def numpy_transpose(x: Value, *axes: Any) -> Value:
    return permute(x, *axes) if axes and axes != (None,) else reversed_dims(x)


@denotes("Tensor.T", "ndarray.T")
def reversed_dims(x: Value) -> Value:
    return permute(x, *reversed(range(len(x.dims))))


@denotes("Tensor.mT", "ndarray.mT", "T.adjoint", "numpy.matrix_transpose", "numpy.linalg.matrix_transpose", "Tensor.mH")
def matrix_transpose(x: Value) -> Value:
    if not x.dims:
        raise Unprovable("a scalar transposed")
    require(len(x.dims) >= 2, "fewer than two dimensions")
    if x.dtype.startswith("complex"):
        raise Unprovable("complex numbers")
    return transpose(x, -2, -1)


@denotes("T.movedim", "T.moveaxis", "numpy.moveaxis")
def movedim(x: Value, source: Any, destination: Any) -> Value:
    if not x.dims or isinstance(source, (tuple, list)) != isinstance(destination, (tuple, list)):
        raise Unprovable("movedim of a scalar, or of a number to a tuple")
    listed = [s if isinstance(s, (tuple, list)) else [s] for s in (source, destination)]
    origin, target = ([number_of(d, len(x.dims)) for d in each] for each in listed)
    require(len(set(origin)) == len(origin) == len(target) == len(set(target)), "repeated dimension")
    order: list[int | None] = [None] * len(x.dims)
    for a, b in zip(origin, target, strict=True):
        order[b] = a
    rest = iter(n for n in range(len(x.dims)) if n not in origin)
    return permute(x, *(next(rest) if n is None else n for n in order))


@denotes("numpy.rollaxis")
def rollaxis(x: Value, axis: int, start: int = 0) -> Value:
    origin = number_of(axis, len(x.dims))
    require(-len(x.dims) <= start <= len(x.dims), "no such place")
    target = start + len(x.dims) if start < 0 else start
    return movedim(x, origin, target - 1 if origin < target else target)


@denotes("T.unsqueeze")
def unsqueeze(x: Value, dim: int) -> Value:
    at = number_of(dim, len(x.dims) + 1)
    return replace(x, dims=(*x.dims[:at], (), *x.dims[at:]))


@denotes("numpy.expand_dims")
def expand_dims(x: Value, axis: Any) -> Value:
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    places = [number_of(a, len(x.dims) + len(axes)) for a in axes]
    require(len(set(places)) == len(places), "repeated dimension")
    for at in sorted(places):
        x = unsqueeze(x, at)
    return x


def drop(x: Value, at: int) -> Value:
    """The tensor without a dimension of length 1."""
    body = subs(x.body, {axis.name: dim(0) for axis in x.dims[at]})
    return replace(x, dims=(*x.dims[:at], *x.dims[at + 1 :]), body=body)


@denotes("T.squeeze")
def squeeze(x: Value, dim: Any = ...) -> Value:
    if dim is None:
        raise Unprovable("squeeze of None")
    return _squeezed(x, None if dim is ... else dim, strict=False)


@denotes("N.squeeze")
def numpy_squeeze(x: Value, axis: Any = None) -> Value:
    return _squeezed(x, axis, strict=True)


def _squeezed(x: Value, dims: Any, strict: bool) -> Value:
    rank = len(x.dims)
    if not rank and dims is not None:
        raise Unprovable("squeeze of a scalar")
    chosen = (
        range(rank)
        if dims is None
        else [number_of(d, rank) for d in (dims if isinstance(dims, (tuple, list)) else [dims])]
    )
    require(len(set(chosen)) == len(chosen), "repeated dimension")
    for at in sorted(chosen, reverse=True):
        if equal(x.shape[at], ONE):
            x = drop(x, at)
        else:
            require(dims is None or not strict, "a squeezed dimension is not of length 1")
    return x


@denotes("T.clone")
def clone(x: Value, **options: Any) -> Value:
    return replace(copied(x, **options), contiguous=x.contiguous)


@denotes("T.contiguous", "ndarray.copy", "numpy.copy", "numpy.ascontiguousarray")
def copied(x: Value, **options: Any) -> Value:
    if options:
        decider().admit("a memory format")
    return replace(x, contiguous=True)


@denotes("T.detach", "Tensor.data")
def unchanged(x: Value) -> Value:
    return x
