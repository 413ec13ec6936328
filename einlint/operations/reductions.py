"""Operations that combine the elements along dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from einlint.dimensions import ONE, dim
from einlint.dimensions.dim import product
from einlint.lazily import replace
from einlint.operations.arithmetic import is_exact, pointwise
from einlint.operations.dtypes import converted, dtype_of
from einlint.operations.structure import number_of
from einlint.operations.table import denotes
from einlint.program.deciding import decider, require
from einlint.program.terms import (
    Axis,
    Fold,
    Linear,
    Map,
    Ratio,
    Unprovable,
    factor,
    scale,
    subs,
    total,
)
from einlint.program.value import Value, fresh, opaque


def chosen(x: Value, dims: Any) -> list[int]:
    """The dimension numbers that a `dim` argument names; all for None."""
    if dims is None:
        return list(range(len(x.dims)))
    listed = dims if isinstance(dims, (tuple, list)) else [dims]
    numbers = [number_of(d, max(len(x.dims), 1)) for d in listed]
    require(len(set(numbers)) == len(numbers), "repeated dimension")
    return numbers if x.dims else []


def without(x: Value, dims: Sequence[int], keep: bool) -> Value:
    """The tensor whose dimensions `dims` are gone, or of length 1."""
    kept = [((),) if at in dims and keep else () if at in dims else (d,) for at, d in enumerate(x.dims)]
    return replace(x, dims=tuple(d for each in kept for d in each))


def reduced(function: str, x: Value, dims: Any = None, keep: bool = False) -> Value:
    """sum, mean, or a fold over dimensions."""
    if not isinstance(keep, bool):
        raise Unprovable("a flag that is no bool")
    if x.dtype == "uint8" and function in ("any", "all"):
        decider().admit("torch keeps uint8, numpy makes it bool")
    x = fresh(_truth(x) if function in ("any", "all") else x)
    numbers = chosen(x, dims)
    axes = tuple(axis for at in numbers for axis in x.dims[at])
    count = product(x.shape[at] for at in numbers)
    result = without(x, numbers, keep)
    if decider().by_shape:
        return replace(result, dtype=_dtype(function, x.dtype))
    if function in ("max", "min"):
        require(decider().at_least(count, ONE), "no element to choose from")
    if not is_exact(x.dtype) or (x.dtype == "bool" and function not in ("any", "all")):
        return opaque(result.shape, replace(result, dtype=_dtype(function, x.dtype)))
    if function in ("sum", "mean"):
        body = total(x.body, axes)
        if function == "mean" and not decider().at_least(count, ONE):
            body = NAN
        elif function == "mean":
            body = scale(body, Ratio(Fraction(1), ONE, count).reduced)
        return replace(result, body=body)
    return replace(result, body=folded(function, axes, x.body))


NAN = factor(Map("nan", ()))


def folded(function: str, axes: tuple[Axis, ...], body: Linear) -> Linear:
    """A fold over axes; over none it is the body itself."""
    axes = tuple(axis for axis in axes if axis.size != ONE)
    units = {axis.name: dim(0) for axis in axes if axis.size == ONE}
    return factor(Fold(function, axes, subs(body, units))) if axes else body


def _dtype(function: str, dtype: str) -> str:
    if function in ("any", "all"):
        return "bool"
    if dtype == "uint8" and function in ("sum", "prod") or dtype == "bool" and function not in ("sum", "prod"):
        decider().admit(f"{function} of {dtype}")
    if function in ("sum", "prod") and dtype in ("bool", "uint8", "int8", "int16", "int32"):
        return "int64"
    if function == "mean" and not dtype.startswith(("float", "bfloat", "complex")):
        decider().admit(f"mean of {dtype}")
        return "float64"
    return dtype


def _torch(function: str) -> Any:
    def entry(x: Value, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Value:
        if dim in ((), []) or (function == "prod" and not (dim is None or isinstance(dim, int))):
            decider().admit("no dimensions, or several for prod")
            dim = dim or None
        if dim is None and keepdim:
            decider().admit("keepdim without dimensions")
        return reduced(function, converted(x, dtype_of(dtype, x.dtype)), dim, keepdim)

    return entry


def _numpy(function: str) -> Any:
    def entry(x: Value, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Value:
        return reduced(function, converted(x, dtype_of(dtype, x.dtype)), axis, keepdims)

    return entry


for _name in ("sum", "mean", "prod"):
    denotes(f"T.{_name}")(_torch(_name))
    denotes(f"N.{_name}")(_numpy(_name))
for _name in ("amax", "amin"):
    denotes(f"T.{_name}")(_torch(_name[1:]))
    denotes(f"numpy.{_name}")(_numpy(_name[1:]))
for _name in ("max", "min"):
    denotes(f"N.{_name}")(_numpy(_name))


@denotes("T.any")
def any_(x: Value, dim: Any = None, keepdim: bool = False) -> Value:
    return _torch("any")(x, dim, keepdim)  # type: ignore[no-any-return]


@denotes("T.all")
def all_(x: Value, dim: Any = None, keepdim: bool = False) -> Value:
    return _torch("all")(x, dim, keepdim)  # type: ignore[no-any-return]


for _name in ("any", "all"):
    denotes(f"N.{_name}")(_numpy(_name))


def _truth(x: Value) -> Value:
    return x if x.dtype == "bool" else pointwise("ne", (x, 0), "bool")


class Extremum:
    """The result of `x.max(dim)`: values and indices."""

    def __init__(self, values: Value) -> None:
        self.values = values
        self.indices = opaque(values.shape, replace(values, dtype="int64"))


def ranked(values: Value) -> Extremum:
    """Values and indices that are known by their shape."""
    decider().admit("which elements come first")
    return Extremum(opaque(values.shape, values))


def _extremum(function: str) -> Any:
    def entry(x: Value, dim: Any = None, keepdim: bool = False) -> Any:
        if isinstance(dim, Value):
            if keepdim:
                decider().admit("keepdim of two tensors")
            return pointwise("maximum" if function == "max" else "minimum", (x, dim))
        if dim is None:
            if keepdim:
                decider().admit("keepdim without dimensions")
            return reduced(function, x)
        require(isinstance(dim, int), "max takes one dimension")
        return Extremum(reduced(function, x, dim, keepdim))

    return entry


for _name in ("max", "min"):
    denotes(f"T.{_name}")(_extremum(_name))


def spread(x: Value, dims: Any, correction: Any, keep: bool) -> Value:
    """The variance over dimensions."""
    if dims in ((), []):
        decider().admit("no dimensions")
        dims = None
    if not isinstance(correction, int) or correction not in (0, 1) or x.dtype != "float64" or decider().by_shape:
        decider().admit("another correction, or another dtype")
        return reduced("mean", opaque(x.shape, x), dims, keep)
    count = product(x.shape[at] for at in chosen(x, dims))
    if not decider().at_least(count, dim(correction + 1)):
        return replace(reduced("sum", x, dims, keep), body=NAN)
    gap = pointwise("sub", (x, reduced("mean", x, dims, True)))
    squares = reduced("sum", pointwise("mul", (gap, gap)), dims, keep)
    return replace(squares, body=scale(squares.body, Ratio(Fraction(1), ONE, count - correction).reduced))


@denotes("T.var")
def var(x: Value, dim: Any = None, unbiased: Any = None, *, correction: Any = 1, keepdim: bool = False) -> Value:
    return spread(x, dim, correction if unbiased is None else int(unbiased), keepdim)


@denotes("T.std")
def std(x: Value, dim: Any = None, unbiased: Any = None, *, correction: Any = 1, keepdim: bool = False) -> Value:
    return pointwise("pow", (var(x, dim, unbiased, correction=correction, keepdim=keepdim), 0.5))


@denotes("N.var")
def numpy_var(x: Value, axis: Any = None, *, ddof: int = 0, keepdims: bool = False) -> Value:
    return spread(x, axis, ddof, keepdims)


@denotes("numpy.std", "ndarray.std")
def numpy_std(x: Value, axis: Any = None, *, ddof: int = 0, keepdims: bool = False) -> Value:
    return pointwise("pow", (spread(x, axis, ddof, keepdims), 0.5))


@denotes("torch.var_mean")
def var_mean(x: Value, dim: Any = None, *, correction: Any = 1, keepdim: bool = False) -> tuple[Value, Value]:
    return spread(x, dim, correction, keepdim), reduced("mean", x, dim, keepdim)


@denotes("torch.std_mean")
def std_mean(x: Value, dim: Any = None, *, correction: Any = 1, keepdim: bool = False) -> tuple[Value, Value]:
    return std(x, dim, correction=correction, keepdim=keepdim), reduced("mean", x, dim, keepdim)


@denotes("T.logsumexp", "torch.special.logsumexp")
def logsumexp(x: Value, dim: Any, keepdim: bool = False) -> Value:
    if x.dtype != "float64" or dim in ((), []) or dim is None or not isinstance(keepdim, bool):
        decider().admit("logsumexp of another dtype")
    x = fresh(x)
    numbers = chosen(x, dim)
    axes = tuple(axis for at in numbers for axis in x.dims[at])
    return replace(without(x, numbers, keepdim), body=factor(Fold("logsumexp", axes, x.body)))


def _length(x: Value, dims: Any, keep: Any) -> Value:
    """The root of the sum of squares over dimensions."""
    if x.dtype != "float64" or dims in ((), []) or (dims is None and keep) or not isinstance(keep, bool):
        decider().admit("a norm of another dtype, or over no dimensions")
    return pointwise("pow", (reduced("sum", pointwise("mul", (x, x)), dims, keep), 0.5))


def _by_shape(x: Value, dims: Any, keep: Any) -> Value:
    decider().admit("a function of all elements along dimensions")
    result = without(x, chosen(x, dims), bool(keep))
    return opaque(result.shape, result)


@denotes("T.norm")
def norm(x: Value, p: Any = "fro", dim: Any = None, keepdim: Any = False) -> Value:
    if p == 2 or (p == "fro" and (dim is None or _count(dim) <= 2)):
        return _length(x, dim, keepdim)
    return _by_shape(x, dim, keepdim)


def _count(dims: Any) -> int:
    return len(dims) if isinstance(dims, (tuple, list)) else 1


@denotes("numpy.linalg.vector_norm")
def numpy_vector_norm(x: Value, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Value:  # noqa: A002
    return _length(x, axis, keepdims) if ord == 2 else _by_shape(x, axis, keepdims)


@denotes("numpy.linalg.matrix_norm")
def numpy_matrix_norm(x: Value, *, keepdims: Any = False, ord: Any = "fro") -> Value:  # noqa: A002
    return _by_shape(x, (-2, -1), keepdims)


@denotes("torch.linalg.vector_norm")
def vector_norm(x: Value, ord: Any = 2, dim: Any = None, keepdim: Any = False) -> Value:  # noqa: A002
    return _length(x, dim, keepdim) if ord == 2 else _by_shape(x, dim, keepdim)


@denotes("torch.linalg.norm")
def linalg_norm(x: Value, ord: Any = None, dim: Any = None, keepdim: Any = False) -> Value:  # noqa: A002
    return _either(x, ord, dim, keepdim)


def _either(x: Value, ord: Any, dims: Any, keep: Any) -> Value:  # noqa: A002
    """The norm of vectors for one dimension, of matrices for two: which is the same only where no order is given."""
    plain = ord is None and (dims is None or _count(dims) <= 2)
    return _length(x, dims, keep) if plain or (ord == 2 and isinstance(dims, int)) else _by_shape(x, dims, keep)


@denotes("torch.linalg.matrix_norm")
def matrix_norm(x: Value, ord: Any = "fro", dim: Any = (-2, -1), keepdim: Any = False) -> Value:  # noqa: A002
    return _by_shape(x, dim, keepdim)


@denotes("numpy.linalg.norm")
def numpy_norm(x: Value, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Value:  # noqa: A002
    return _either(x, ord, axis, keepdims)
