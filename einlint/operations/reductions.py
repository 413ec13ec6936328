"""Operations that combine the elements along dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from einlint.dimensions import ONE, dim
from einlint.dimensions.dim import product
from einlint.operations.arithmetic import is_exact, pointwise
from einlint.operations.structure import number_of
from einlint.operations.table import denotes
from einlint.program.terms import (
    Along,
    Axis,
    Fold,
    Linear,
    Map,
    Ratio,
    Unprovable,
    factor,
    new_axis,
    scale,
    subs,
    total,
)
from einlint.program.value import Value, decider, fresh, index_of, opaque, require


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
        raise Unprovable(f"mean of {dtype}")
    return dtype


def _torch(function: str) -> Any:
    def entry(x: Value, dim: Any = None, keepdim: bool = False) -> Value:
        if dim in ((), []) or (function == "prod" and not (dim is None or isinstance(dim, int))):
            raise Unprovable("no dimensions, or several for prod")
        if dim is None and keepdim:
            decider().admit("keepdim without dimensions")
        return reduced(function, x, dim, keepdim)

    return entry


def _numpy(function: str) -> Any:
    def entry(x: Value, axis: Any = None, keepdims: bool = False) -> Value:
        return reduced(function, x, axis, keepdims)

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


def _truth(x: Value) -> Value:
    return x if x.dtype == "bool" else pointwise("ne", (x, 0), "bool")


class Extremum:
    """The result of `x.max(dim)`: values and indices."""

    def __init__(self, values: Value) -> None:
        self.values = values
        self.indices = opaque(values.shape, replace(values, dtype="int64"))


def _extremum(function: str) -> Any:
    def entry(x: Value, dim: Any = None, keepdim: bool = False) -> Any:
        if isinstance(dim, Value):
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
    if not isinstance(correction, int) or correction not in (0, 1):
        raise Unprovable("a correction that is not 0 or 1")
    if dims in ((), []) or x.dtype != "float64":
        raise Unprovable("no dimensions, or another dtype")
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


def along(function: str, x: Value, dims: Any, options: tuple[str, ...] = (), ordered: bool = False) -> Value:
    """A function along dimensions that keeps the shape."""
    if not x.dtype.startswith("float"):
        decider().admit(f"{function} of {x.dtype}")
    x = fresh(x)
    axes = tuple(axis for at in chosen(x, dims) for axis in x.dims[at])
    if not is_exact(x.dtype) or x.dtype == "bool":
        return opaque(x.shape, x)
    bound = tuple(new_axis(axis.size) for axis in axes)
    table = {axis.name: b.index for axis, b in zip(axes, bound, strict=True)}
    if ordered:
        whole = new_axis(product(a.size for a in axes))
        if len(axes) != 1:
            return opaque(x.shape, x)
        bound, table = (whole,), {axes[0].name: whole.index}
    body = subs(x.body, table)
    index = (index_of(axes),) if ordered else tuple(axis.index for axis in axes)
    return replace(x, body=factor(Along(function, bound, body, index, options, ordered)))


@denotes("T.softmax", "F.softmax")
def softmax(x: Value, dim: Any, dtype: Any = None) -> Value:
    _same_dtype(x, dtype)
    return along("softmax", x, _one(dim))


@denotes("T.log_softmax", "F.log_softmax")
def log_softmax(x: Value, dim: Any, dtype: Any = None) -> Value:
    _same_dtype(x, dtype)
    return along("log_softmax", x, _one(dim))


def _one(position: Any) -> Any:
    if isinstance(position, (tuple, list)) or position is None:
        raise Unprovable("one dimension, not several")
    return position


def _same_dtype(x: Value, dtype: Any) -> None:
    if dtype is not None and dtype != x.dtype:
        raise Unprovable("a change of dtype")


@denotes("T.logsumexp")
def logsumexp(x: Value, dim: Any, keepdim: bool = False) -> Value:
    if x.dtype != "float64" or dim in ((), []) or dim is None or not isinstance(keepdim, bool):
        raise Unprovable("logsumexp of another dtype")
    x = fresh(x)
    numbers = chosen(x, dim)
    axes = tuple(axis for at in numbers for axis in x.dims[at])
    return replace(without(x, numbers, keepdim), body=factor(Fold("logsumexp", axes, x.body)))


@denotes("T.cumsum")
def cumsum(x: Value, dim: Any) -> Value:
    return along("cumsum", x, _one(dim), ordered=True)


@denotes("T.cumprod")
def cumprod(x: Value, dim: Any) -> Value:
    return along("cumprod", x, _one(dim), ordered=True)


@denotes("F.normalize")
def normalize(x: Value, p: float = 2.0, dim: Any = 1, eps: float = 1e-12) -> Value:
    return along("normalize", x, dim, (str(float(p)), str(eps)))


@denotes("F.layer_norm")
def layer_norm(x: Value, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Value:
    count = _normalized(x, normalized_shape)
    return _affine(along("layer_norm", x, list(range(-count, 0)), (str(eps),)), count, weight, bias)


def _normalized(x: Value, normalized_shape: Any) -> int:
    """How many dimensions are normalized."""
    from einlint.operations.structure import sizes_of

    if not isinstance(normalized_shape, (tuple, list)):
        raise Unprovable("a normalized shape that is no sequence")
    shape = sizes_of([normalized_shape])
    count = len(shape)
    require(0 < count <= len(x.dims), "the normalized shape has too many dimensions")
    require(
        all(decider().equal(a, b) for a, b in zip(x.shape[-count:], shape, strict=True)), "the normalized shape differs"
    )
    return count


@denotes("F.rms_norm")
def rms_norm(x: Value, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Value:
    count = _normalized(x, normalized_shape)
    return _affine(along("rms_norm", x, list(range(-count, 0)), (str(eps),)), count, weight, None)


def _affine(x: Value, count: int, weight: Any, bias: Any) -> Value:
    for each in (weight, bias):
        if each is not None and (each.dtype != x.dtype or len(each.dims) != count):
            raise Unprovable("a weight of another dtype or rank")
        pairs = [] if each is None else zip(x.shape[-count:], each.shape, strict=True)
        require(all(decider().equal(a, b) for a, b in pairs), "a weight of another shape")
    if weight is not None:
        x = pointwise("mul", (x, weight))
    return x if bias is None else pointwise("add", (x, bias))


@denotes("F.group_norm")
def group_norm(x: Value, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Value:
    from einlint.operations.structure import reshape

    if weight is not None or bias is not None:
        raise Unprovable("group_norm with weight")
    b, c, *rest = x.shape
    if num_groups < 1 or not all(decider().at_least(size, ONE) for size in x.shape):
        raise Unprovable("groups of nothing")
    require(decider().divides(dim(num_groups), c), "channels do not divide into groups")
    require(decider().at_least(b * c * product(rest), dim(2 * num_groups)), "one value per group")
    grouped = reshape(x, [b, dim(num_groups), c // num_groups * product(rest)])
    return reshape(along("layer_norm", grouped, -1, (str(eps),)), list(x.shape))
