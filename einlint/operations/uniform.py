"""Operations that no size decides: they are described by shape alone, and equal only to themselves.

A row here says that a function works the same way for every size, so that testing it needs no sizes
beyond those of its operands' other operations. Its values are opaque to proofs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einlint.dimensions import dim
from einlint.lazily import replace
from einlint.operations.arithmetic import broadcast
from einlint.operations.reductions import chosen, without
from einlint.operations.structure import number_of
from einlint.operations.table import denotes, is_described
from einlint.program.deciding import decider, equal, require, require_equal
from einlint.program.terms import Unprovable
from einlint.program.value import Value, opaque

_POINTWISE = """
acos acosh arccos arccosh asin asinh arcsin arcsinh atan atanh arctan arctanh cosh sinh exp2 log2 log10 erfc erfinv
deg2rad rad2deg digamma lgamma frac fix sgn signbit sinc i0 logit nan_to_num positive isfinite isinf isnan isneginf
isposinf isreal logical_not bitwise_not conj conj_physical resolve_conj resolve_neg real imag angle atan2 arctan2
copysign fmax fmin fmod remainder floor_divide heaviside hypot ldexp lerp logaddexp logaddexp2 nextafter xlogy gcd lcm
bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift logical_and logical_or logical_xor
greater greater_equal less less_equal not_equal isclose addcmul addcdiv complex polar masked_fill clamp_min clamp_max
eq ne lt le gt ge
""".split()
_NUMPY_POINTWISE = """
cbrt fabs degrees radians rint mod float_power equal invert left_shift right_shift square absolute around conjugate clip
floor ceil
""".split()
_FUNCTIONAL = """
relu6 hardsigmoid hardswish hardshrink softshrink softsign tanhshrink celu threshold prelu dropout dropout1d dropout2d
dropout3d alpha_dropout feature_alpha_dropout rrelu local_response_norm
""".split()
_REDUCTIONS = "argmax argmin nansum nanmean count_nonzero".split()
_NUMPY_REDUCTIONS = """
argmax argmin nansum nanmean nanmax nanmin nanstd nanvar nanprod median nanmedian count_nonzero ptp average
""".split()
_ALONG = "logcumsumexp argsort msort renorm".split()
_IN_PLACE = """
add_ sub_ mul_ div_ pow_ neg_ abs_ exp_ log_ sqrt_ relu_ sigmoid_ tanh_ clamp_ fill_ zero_ copy_ masked_fill_ floor_
ceil_ round_ trunc_ multiply_ divide_ subtract_ clip_
floor_divide_ remainder_ logical_not_ addcmul_ square_ reciprocal_ rsqrt_ sin_ cos_ clamp_min_ clamp_max_
""".split()


def _pointwise(*operands: Any, **options: Any) -> Value:
    tensors = [o for o in operands if isinstance(o, Value)]
    if not tensors:
        raise Unprovable("no tensor among the operands")
    shared, dims = broadcast(tensors)
    return opaque(replace(shared[0], dims=dims).shape, _of_some_dtype(shared[0]))


def _of_some_dtype(value: Value) -> Value:
    decider().admit("the dtype of the result is not described")
    return value


def _reduction(x: Value, axis: Any = None, keep: bool = False, **options: Any) -> Value:
    dims = options.get("dim", axis)
    result = without(x, chosen(x, dims), bool(options.get("keepdim", options.get("keepdims", keep))))
    return opaque(result.shape, _of_some_dtype(result))


def _same_shape(x: Value, *arguments: Any, **options: Any) -> Value:
    return opaque(x.shape, _of_some_dtype(x))


def _in_place(x: Value, *operands: Any, **options: Any) -> Value:
    decider().admit("an operand is changed in place")
    for other in (o for o in operands if isinstance(o, Value)):
        _, dims = broadcast([x, other])
        require(all(equal(a, b) for a, b in zip(replace(x, dims=dims).shape, x.shape, strict=True)), "does not fit")
    return x


def _rows(names: list[str], forms: tuple[str, ...], entry: Callable[..., Any]) -> None:
    for name in names:
        for form in forms:
            full = form.format(name)
            if not is_described(full):
                denotes(full)(entry)


_rows(_POINTWISE, ("Tensor.{}", "torch.{}", "numpy.{}"), _pointwise)
_rows(_NUMPY_POINTWISE, ("numpy.{}", "ndarray.{}"), _pointwise)
_rows(_FUNCTIONAL, ("torch.nn.functional.{}",), _pointwise)
denotes("torch.dropout", "torch.prelu", "torch.celu", "torch.selu", "torch.threshold", "torch.special.entr")(_pointwise)
denotes(*(f"torch.special.{name}" for name in ("erf", "expm1", "log1p", "logit", "xlogy")))(_pointwise)
_rows(_REDUCTIONS, ("Tensor.{}", "torch.{}"), _reduction)
_rows(_NUMPY_REDUCTIONS, ("numpy.{}", "ndarray.{}"), _reduction)
_rows(_ALONG, ("Tensor.{}", "torch.{}"), _same_shape)
_rows(_IN_PLACE, ("Tensor.{}",), _in_place)


@denotes("ndarray.fill")
def fill(x: Value, value: Any) -> None:
    decider().admit("an operand is changed in place")


@denotes("torch.view_as_complex", "Tensor.view_as_complex")
def view_as_complex(x: Value) -> Value:
    require(bool(x.dims), "the last dimension is not of length 2")
    require_equal(x.shape[-1], dim(2), "the last dimension is not of length 2")
    return opaque(x.shape[:-1], _of_some_dtype(x))


@denotes("torch.view_as_real", "Tensor.view_as_real")
def view_as_real(x: Value) -> Value:
    return opaque([*x.shape, dim(2)], _of_some_dtype(x))


@denotes("torch.cdist")
def cdist(x: Value, y: Value, p: float = 2.0) -> Value:
    require(len(x.dims) >= 2 and len(y.dims) >= 2, "columns differ")
    require_equal(x.shape[-1], y.shape[-1], "columns differ")
    batch, dims = broadcast([replace(v, dims=v.dims[:-2]) for v in (x, y)])
    return opaque([*replace(batch[0], dims=dims).shape, x.shape[-2], y.shape[-2]], _of_some_dtype(x))


@denotes("torch.index_select", "Tensor.index_select")
def index_select(x: Value, dim: int, index: Value) -> Value:
    at = number_of(dim, len(x.dims))
    return opaque([*x.shape[:at], index.shape[0], *x.shape[at + 1 :]], _of_some_dtype(x))


@denotes("torch.gather", "Tensor.gather")
def gather(x: Value, dim: int, index: Value) -> Value:
    return opaque(index.shape, _of_some_dtype(x))
