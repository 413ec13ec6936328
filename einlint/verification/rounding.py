"""Whether a rewrite keeps low precision, overflow and integers: rounding stays within a bound, nothing else differs.

Inside the worker. The bound of a sum of products is that of its rounding errors, element by element: a few units in the
last place of the same sum over absolute values. Elsewhere it is relative to the largest value, and the new code may err
as much again as the original does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einlint.verification.comparison import FINEST, PRECISION, Leaf, leaves
from einlint.verification.devices import tensor_float
from einlint.verification.running import Case, Operands, Pair, Result, default_dtype, duplicate

UNITS = 4
TF32 = 2.0**-10
_SMALLEST = {"float16": 2.0**-14, "bfloat16": 2.0**-126, "float32": 2.0**-126}


Values = NDArray[Any]


def departure(pair: Pair, case: Case) -> str | None:
    """How the second side departs from what the first returns: exception, shape, dtype or value.

    On CUDA the products of float32 are rounded as far as TF32 does.
    """
    low = [PRECISION.get(dtype, FINEST) for dtype in pair.dtypes.values()]
    coarse = pair.device != "cpu" and "float32" in pair.dtypes.values()
    with default_dtype(pair.library, "float32"):
        if not coarse:
            return _departure(pair, case, max(low, default=FINEST))
        with tensor_float(pair.library.torch, True):
            return _departure(pair, case, max(*low, TF32))


def _departure(pair: Pair, case: Case, precision: float) -> str | None:
    operands = pair.operands(case)
    left, right = (pair.run(side, duplicate(operands)) for side in (pair.left, pair.right))
    if left.raised:
        return None  # a rewrite may lose an error
    found = pair.difference(left, right)
    if found is None or found.kind != "value":
        return None if found is None else found.kind
    ours, theirs = (list(_numbers(pair, result)) for result in (left, right))
    allowed = _allowed(pair, operands, ours, precision)
    within = (_within(a, b, bound) for a, b, bound in zip(ours, theirs, allowed, strict=True))
    return None if all(within) else "value"


def _numbers(pair: Pair, result: Result) -> Iterator[Leaf]:
    return (leaf for leaf in leaves(result.value, pair.library) if isinstance(leaf, Leaf))


def _within(a: Leaf, b: Leaf, allowed: Values) -> bool:
    if a.values.dtype.kind in "biu":
        return bool(np.array_equal(a.values, b.values))
    left, right = (
        leaf.values.astype(np.complex128 if leaf.values.dtype.kind == "c" else np.float64) for leaf in (a, b)
    )
    same = (left == right) | ((left != left) & (right != right))
    finite = np.isfinite(left) & np.isfinite(right)
    return bool((same | (finite & (np.abs(left - right) <= allowed)) | _both_overflow(left, right, allowed)).all())


def _both_overflow(left: Values, right: Values, allowed: Values) -> Values:
    """Where both sides gave no number since products are too large: which one depends on the order of additions."""
    return np.asarray(np.isinf(allowed) & ~np.isfinite(left) & ~np.isfinite(right))


def _allowed(pair: Pair, operands: Operands, ours: list[Leaf], precision: float) -> list[Values]:
    """For each part of the result, how far its elements may be apart."""
    exact = _in_float64(pair, operands)
    if exact is None:
        return [_relative(leaf, leaf, precision) for leaf in ours]
    absolute = _in_float64(pair, operands, absolute=True) if pair.sums_products else None
    if absolute is None:
        return [_relative(leaf, truth, precision) for leaf, truth in zip(ours, exact, strict=True)]
    return [
        np.where(bound.values > _overflow(pair, leaf), np.inf, _units(leaf, precision, bound.values))
        for leaf, bound in zip(ours, absolute, strict=True)
    ]


def _overflow(pair: Pair, leaf: Leaf) -> float:
    """The size of a sum from which it depends on the order of additions what it overflows to."""
    if leaf.dtype == "float16":
        return 65504.0 if pair.framework == "numpy" else np.inf  # torch adds up float16 in float32
    return 2.0**128


def _units(leaf: Leaf, precision: float, scale: Values) -> Values:
    """A few units in the last place of `scale`, and what products lose that are too small for the dtype."""
    unit = max(precision, PRECISION.get(leaf.dtype, FINEST))
    return np.asarray(UNITS * unit * np.abs(scale) + _SMALLEST.get(leaf.dtype, 0.0))


def _relative(leaf: Leaf, truth: Leaf, precision: float) -> Values:
    errors, sizes = (np.abs(some[np.isfinite(some)]) for some in (leaf.values - truth.values, truth.values))
    return np.asarray(_units(leaf, precision, sizes.max(initial=0.0)) + 2 * errors.max(initial=0.0))


def _in_float64(pair: Pair, operands: Operands, absolute: bool = False) -> list[Leaf] | None:
    """The first side on the same operands, or their absolute values, without rounding; None where that raises."""
    wide = {name: _widened(pair, value, absolute) for name, value in operands.items()}
    with default_dtype(pair.library, "float64"):
        result = pair.run(pair.left, wide)
    return None if result.raised else list(_numbers(pair, result))


def _widened(pair: Pair, value: Any, absolute: bool) -> Any:
    if str(value.dtype).removeprefix("torch.") not in _SMALLEST:
        return value
    wide = value.double() if pair.library.is_tensor(value) else value.astype(np.float64)
    return abs(wide) if absolute else wide
