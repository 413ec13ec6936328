"""Functions along dimensions that keep the shape: softmax, cumulative sums, and norms of features."""

from __future__ import annotations

from typing import Any

from einlint.dimensions import ONE, dim
from einlint.dimensions.dim import product
from einlint.lazily import replace
from einlint.operations.arithmetic import is_exact, pointwise
from einlint.operations.dtypes import converted, dtype_of
from einlint.operations.reductions import chosen
from einlint.operations.structure import reshape, sizes_of
from einlint.operations.table import denotes
from einlint.program.deciding import decider, require, require_alike, require_divides, require_equal
from einlint.program.terms import Along, Unprovable, factor, new_axis, subs
from einlint.program.value import Value, fresh, index_of, opaque


def along(function: str, x: Value, dims: Any, options: tuple[str, ...] = (), ordered: bool = False) -> Value:
    """A function along dimensions that keeps the shape."""
    if not x.dtype.startswith("float"):
        decider().admit(f"{function} of {x.dtype}")
    x = fresh(x)
    axes = tuple(axis for at in chosen(x, dims) for axis in x.dims[at])
    if decider().by_shape:
        return x
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


@denotes("T.softmax", "F.softmax", "torch.special.softmax")
def softmax(x: Value, dim: Any, dtype: Any = None) -> Value:
    return along("softmax", converted(x, dtype_of(dtype, x.dtype)), _one(dim))


@denotes("T.log_softmax", "F.log_softmax", "torch.special.log_softmax")
def log_softmax(x: Value, dim: Any, dtype: Any = None) -> Value:
    return along("log_softmax", converted(x, dtype_of(dtype, x.dtype)), _one(dim))


def _one(position: Any) -> Any:
    if position is None and decider().by_shape:
        return position
    if isinstance(position, (tuple, list)) or position is None:
        raise Unprovable("one dimension, not several")
    return position


@denotes("T.cumsum")
def cumsum(x: Value, dim: Any, dtype: Any = None) -> Value:
    return along("cumsum", converted(x, dtype_of(dtype, x.dtype)), _one(dim), ordered=True)


@denotes("T.cumprod")
def cumprod(x: Value, dim: Any, dtype: Any = None) -> Value:
    return along("cumprod", converted(x, dtype_of(dtype, x.dtype)), _one(dim), ordered=True)


@denotes("N.cumsum", "N.cumprod")
def numpy_cumulative(x: Value, axis: Any = None, dtype: Any = None) -> Value:
    decider().admit("a cumulative function of numpy")
    result = reshape(x, -1) if axis is None else x
    return along("cumulative", converted(result, dtype_of(dtype, x.dtype)), -1 if axis is None else _one(axis))


@denotes("F.normalize")
def normalize(x: Value, p: float = 2.0, dim: Any = 1, eps: float = 1e-12) -> Value:
    return along("normalize", x, dim, (str(float(p)), str(eps)))


@denotes("F.layer_norm", "torch.layer_norm")
def layer_norm(x: Value, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Value:
    count = _normalized(x, normalized_shape)
    return _affine(along("layer_norm", x, list(range(-count, 0)), (str(eps),)), count, weight, bias)


def _normalized(x: Value, normalized_shape: Any) -> int:
    """How many dimensions are normalized."""
    if not isinstance(normalized_shape, (tuple, list)):
        raise Unprovable("a normalized shape that is no sequence")
    shape = sizes_of([normalized_shape])
    count = len(shape)
    require(0 < count <= len(x.dims), "the normalized shape has too many dimensions")
    require_alike(x.shape[-count:], shape, "the normalized shape differs")
    return count


@denotes("F.rms_norm", "torch.rms_norm")
def rms_norm(x: Value, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Value:
    count = _normalized(x, normalized_shape)
    return _affine(along("rms_norm", x, list(range(-count, 0)), (str(eps),)), count, weight, None)


def _affine(x: Value, count: int, weight: Any, bias: Any) -> Value:
    for each in (weight, bias):
        if each is not None and (each.dtype != x.dtype or len(each.dims) != count):
            decider().admit("a weight of another dtype or rank")
        if each is not None:
            require_alike(x.shape[-count:], each.shape, "a weight of another shape")
    if decider().by_shape:
        return x
    if weight is not None:
        x = pointwise("mul", (x, weight))
    return x if bias is None else pointwise("add", (x, bias))


@denotes("F.group_norm", "torch.group_norm")
def group_norm(x: Value, num_groups: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Value:
    require(len(x.dims) >= 2, "fewer than two axes")
    b, c, *rest = x.shape
    require_divides(dim(num_groups), c, "the channels do not divide into the groups")
    _per_channel(x, weight, bias)
    if weight is not None or bias is not None or decider().by_shape:
        decider().admit("group_norm with weight")
        return opaque(x.shape, x)
    if dim(num_groups).constant is None or not all(decider().at_least(size, ONE) for size in x.shape):
        raise Unprovable("groups of nothing")
    require(decider().at_least(b * c * product(rest), dim(num_groups) * 2), "one value per group")
    grouped = reshape(x, [b, dim(num_groups), c // num_groups * product(rest)])
    return reshape(along("layer_norm", grouped, -1, (str(eps),)), list(x.shape))


def _per_channel(x: Value, *given: Any) -> None:
    """Check tensors of one number for each channel."""
    for each in given:
        if each is not None:
            require(len(each.dims) == 1, "not one number per channel")
            require_equal(each.shape[0], x.shape[1], "not one number per channel")


@denotes("F.batch_norm", "F.instance_norm")
def batch_norm(
    input: Value,  # noqa: A002
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    *options: Any,
    **named: Any,
) -> Value:
    require(len(input.dims) >= 2, "fewer than two axes")
    decider().admit("a norm over the batch")
    _per_channel(input, running_mean, running_var, weight, bias)
    return opaque(input.shape, input)


@denotes("F.softmin")
def softmin(x: Value, dim: Any, dtype: Any = None) -> Value:
    decider().admit("softmin")
    return softmax(x, dim, dtype)


@denotes("F.gumbel_softmax")
def gumbel_softmax(logits: Value, tau: Any = 1, hard: Any = False, eps: Any = 1e-10, dim: Any = -1) -> Value:
    decider().admit("random numbers")
    return along("softmax", logits, _one(dim))


@denotes("jax.nn.softmax", "jax.nn.log_softmax", "jax.nn.standardize")
def jax_softmax(x: Value, axis: Any = -1) -> Value:
    chosen(x, axis)
    decider().admit("a function of jax")
    return opaque(x.shape, x)
