"""Elements chosen or written by position: narrow, gather, scatter, take. Mostly known by shape."""

from __future__ import annotations

from typing import Any

from einlint.dimensions import ZERO, Dim, dim
from einlint.dimensions.dim import product
from einlint.lazily import replace
from einlint.operations.elementwise import where
from einlint.operations.indexing import subscript
from einlint.operations.losses import common
from einlint.operations.segments import cut, picked
from einlint.operations.structure import number_of
from einlint.operations.table import denotes
from einlint.program.deciding import decider, require
from einlint.program.value import Value, opaque


def _size(value: Any) -> Dim:
    return dim(value)


@denotes("T.narrow", "T.narrow_copy")
def narrow(x: Value, dim: Any, start: Any, length: Any) -> Value:
    at, first, count = number_of(dim, len(x.dims)), _size(start), _size(length)
    if not decider().at_least(first, ZERO):
        decider().admit("a start that counts from the end")
        return opaque([*x.shape[:at], count, *x.shape[at + 1 :]], x)
    fits = decider().at_least(count, ZERO) and decider().at_least(x.shape[at], first + count)
    require(fits, "a part that reaches over the end")
    return cut(x, at, first, count)


@denotes("T.select")
def select(x: Value, dim: Any, index: Any) -> Value:
    return picked(x, number_of(dim, len(x.dims)), index)


def _written(x: Value, *arguments: Any, **named: Any) -> Value:
    """Elements written into a copy: the shape stays."""
    decider().admit("elements that are written by position")
    return opaque(x.shape, x)


for _name in ("scatter", "scatter_add", "scatter_reduce", "index_add", "index_copy", "index_fill", "masked_scatter"):
    denotes(f"T.{_name}", f"Tensor.{_name}_")(_written)
denotes("T.index_put", "Tensor.index_put_", "T.slice_scatter", "T.select_scatter", "T.diagonal_scatter", "T.put")(
    _written
)
for _name in ("normal_", "uniform_", "bernoulli_", "random_", "exponential_", "fill_diagonal_", "tril_", "triu_"):
    denotes(f"Tensor.{_name}")(_written)
for _name in ("normal", "uniform", "trunc_normal", "zeros", "ones", "constant", "xavier_uniform", "xavier_normal"):
    denotes(f"torch.nn.init.{_name}_")(_written)
for _name in ("kaiming_uniform", "kaiming_normal", "orthogonal", "eye", "dirac"):
    denotes(f"torch.nn.init.{_name}_")(_written)


@denotes("T.take_along_dim")
def take_along_dim(x: Value, indices: Value, dim: Any = None) -> Value:
    decider().admit("elements chosen by position")
    if dim is None:
        return opaque([_count(indices)], x)
    at = number_of(dim, len(x.dims))
    require(len(x.dims) == len(indices.dims), "indices of another rank")
    both = [replace(v, dims=(*v.dims[:at], (), *v.dims[at + 1 :])) for v in (x, indices)]
    shape = common(*both).shape
    return opaque([*shape[:at], indices.shape[at], *shape[at + 1 :]], x)


@denotes("numpy.take_along_axis")
def take_along_axis(x: Value, indices: Value, axis: Any = -1) -> Value:
    return take_along_dim(x, indices, axis)


def _count(x: Value) -> Dim:
    return product(x.shape)


@denotes("T.take")
def take(x: Value, index: Value) -> Value:
    decider().admit("elements chosen by position")
    return opaque(index.shape, x)


@denotes("N.take")
def numpy_take(x: Value, indices: Any, axis: Any = None) -> Value:
    if axis is None:
        decider().admit("elements chosen by position")
        return opaque(indices.shape if isinstance(indices, Value) else [], x)
    at = number_of(axis, len(x.dims))
    return subscript(x, (*[slice(None)] * at, indices), "ndarray")


@denotes("torch.searchsorted")
def searchsorted(sorted_sequence: Value, values: Any, **named: Any) -> Value:
    return _places(values, sorted_sequence)


@denotes("torch.bucketize", "numpy.digitize")
def bucketize(values: Any, boundaries: Any, **named: Any) -> Value:
    return _places(values, boundaries)


@denotes("numpy.searchsorted")
def numpy_searchsorted(a: Value, v: Any, *options: Any) -> Value:
    return _places(v, a)


def _places(values: Any, boundaries: Any) -> Value:
    decider().admit("places in a sorted sequence")
    like = values if isinstance(values, Value) else boundaries
    return opaque(values.shape if isinstance(values, Value) else [], replace(like, dtype="int64"))


@denotes("torch.isin", "numpy.isin", "numpy.interp")
def isin(elements: Any, *others: Any, **named: Any) -> Value:
    decider().admit("membership")
    return opaque(elements.shape, replace(elements, dtype="bool"))


@denotes("Tensor.where")
def where_method(x: Value, condition: Value, other: Any) -> Value:
    return where(condition, x, other)
