"""Order and choice: sort, topk, median and what else gives values with their positions. Known by shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einlint.dimensions import ONE, Dim, dim
from einlint.dimensions.dim import product
from einlint.lazily import replace
from einlint.operations.indexing import unknown_length
from einlint.operations.reductions import Extremum, chosen, ranked, without
from einlint.operations.structure import number_of
from einlint.operations.table import denotes
from einlint.program.deciding import decider, require
from einlint.program.terms import Unprovable
from einlint.program.value import Value, opaque


def _at(x: Value, position: Any) -> int:
    return number_of(position, max(len(x.dims), 1))


def resized(x: Value, at: int, size: Dim) -> Value:
    """The tensor with another length in one dimension; its elements are not described."""
    decider().admit("elements that are not described")
    return opaque([*x.shape[:at], size, *x.shape[at + 1 :]], x)


def _pair_of_same_shape(x: Value, dim: Any = -1, *options: Any, **named: Any) -> Extremum:
    _at(x, dim)
    return ranked(x)


denotes("T.sort", "T.cummax", "T.cummin")(_pair_of_same_shape)


def _chosen_one(x: Value, dim: Any, keepdim: Any) -> Extremum:
    return ranked(without(x, [_at(x, dim)], bool(keepdim)))


@denotes("T.median", "T.nanmedian")
def median(x: Value, dim: Any = None, keepdim: Any = False) -> Any:
    if dim is None:
        return ranked(without(x, range(len(x.dims)), False)).values
    return _chosen_one(x, dim, keepdim)


@denotes("T.mode")
def mode(x: Value, dim: Any = -1, keepdim: Any = False) -> Extremum:
    return _chosen_one(x, dim, keepdim)


@denotes("T.kthvalue")
def kthvalue(x: Value, k: Any, dim: Any = -1, keepdim: Any = False) -> Extremum:
    _at_most(x, k, dim)
    return _chosen_one(x, dim, keepdim)


@denotes("T.topk")
def topk(x: Value, k: Any, dim: Any = -1, *options: Any, **named: Any) -> Extremum:
    at = _at_most(x, k, dim)
    return ranked(resized(x, at, _size(k)) if x.dims else x)


def _size(value: Any) -> Dim:
    return dim(value)


def _at_most(x: Value, k: Any, position: Any) -> int:
    at = _at(x, position)
    require(decider().at_least(x.shape[at] if x.dims else ONE, _size(k)), "more elements than there are")
    return at


@denotes("T.aminmax")
def aminmax(x: Value, dim: Any = None, keepdim: Any = False) -> tuple[Value, Value]:
    result = without(x, chosen(x, dim), bool(keepdim))
    decider().admit("the least and the largest")
    return opaque(result.shape, result), opaque(result.shape, result)


def _numpy_sort(dtype: str | None) -> Callable[..., Value]:
    def entry(x: Value, axis: Any = -1, *options: Any, **named: Any) -> Value:
        decider().admit("an order of elements")
        shape = x.shape if axis is not None else [product(x.shape)]
        if axis is not None:
            _at(x, axis)
        return opaque(shape, replace(x, dtype=dtype or x.dtype))

    return entry


denotes("numpy.sort")(_numpy_sort(None))
denotes("N.argsort")(_numpy_sort("int64"))


def _quantile(x: Value, q: Any, dims: Any, keep: Any) -> Value:
    decider().admit("a quantile")
    result = without(x, chosen(x, dims), bool(keep))
    lead = list(q.shape) if isinstance(q, Value) else [dim(len(q))] if isinstance(q, (tuple, list)) else []
    return opaque([*lead, *result.shape], result)


@denotes("T.quantile", "T.nanquantile")
def quantile(x: Value, q: Any, dim: Any = None, keepdim: Any = False) -> Value:
    return _quantile(x, q, dim, keepdim)


@denotes("numpy.percentile", "numpy.quantile", "numpy.nanpercentile", "numpy.nanquantile")
def numpy_quantile(x: Value, q: Any, axis: Any = None, *, keepdims: Any = False) -> Value:
    return _quantile(x, q, axis, keepdims)


@denotes("T.masked_select")
def masked_select(x: Value, mask: Value) -> Value:
    return opaque([unknown_length()], x)


@denotes("T.nonzero")
def nonzero(x: Value, *, as_tuple: bool = False) -> Any:
    count, places = unknown_length(), replace(x, dtype="int64")
    if as_tuple:
        return tuple(opaque([count], places) for _ in range(max(len(x.dims), 1)))
    return opaque([count, dim(len(x.dims))], places)


@denotes("T.unique", "numpy.unique")
def unique(x: Value, *options: Any, **named: Any) -> Value:
    if options or named:
        raise Unprovable("unique elements along a dimension, or their places")
    return opaque([unknown_length()], x)


@denotes("T.histc")
def histc(x: Value, bins: Any = 100, *limits: Any) -> Value:
    decider().admit("a histogram")
    return opaque([_size(bins)], x)


@denotes("T.bincount")
def bincount(x: Value, *options: Any) -> Value:
    return opaque([unknown_length()], x)


@denotes("T.argwhere", "numpy.argwhere")
def argwhere(x: Value) -> Value:
    return opaque([unknown_length(), dim(len(x.dims))], replace(x, dtype="int64"))


@denotes("N.nonzero")
def numpy_nonzero(x: Value) -> tuple[Value, ...]:
    count = unknown_length()
    return tuple(opaque([count], replace(x, dtype="int64")) for _ in x.dims)


@denotes("T.diff")
def diff(x: Value, n: int = 1, dim: Any = -1) -> Value:
    return _differences(x, n, dim)


@denotes("numpy.diff")
def numpy_diff(x: Value, n: int = 1, axis: Any = -1) -> Value:
    return _differences(x, n, axis)


def _differences(x: Value, n: int, position: Any) -> Value:
    require(bool(x.dims), "differences of a scalar")
    at = number_of(position, len(x.dims))
    least = dim(0) if not decider().at_least(x.shape[at], dim(n)) else x.shape[at] - n
    return resized(x, at, least)
