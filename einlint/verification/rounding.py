"""Whether a rewrite keeps low precision, overflow and integers: rounding stays within a bound, nothing else differs.

Inside the worker. The bound of a sum of products is that of its rounding errors, element by element: a few units in the
last place of the same sum over absolute values, or twice the error of the original where that is more. Elsewhere it is
relative to the largest value, and the new code may err as much again as the original does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from einlint.verification.comparison import FINEST, PRECISION, Leaf, leaves
from einlint.verification.devices import tensor_float
from einlint.verification.running import Case, Operands, Pair, Result, default_dtype, duplicate

UNITS = 4
TF32 = 2.0**-10
_SMALLEST = {"float16": 2.0**-14, "bfloat16": 2.0**-126, "float32": 2.0**-126}
_LARGEST = defaultdict(lambda: np.inf, {"float16": 65504.0, "bfloat16": 2.0**128, "float32": 2.0**128})


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
    references = _references(pair, operands, ours)
    within = (_within(pair, *one, precision) for one in zip(ours, theirs, references, strict=True))
    return None if all(within) else "value"


def _numbers(pair: Pair, result: Result) -> Iterator[Leaf]:
    return (leaf for leaf in leaves(result.value, pair.library) if isinstance(leaf, Leaf))


class _Reference(NamedTuple):
    """What bounds rounding in one part of the result, all of it by the first side in float64.

    `truth` is its values; `scale` those on absolute values, which bound the rounding of sums of products; `reach` those
    on absolute values of at least 1, which bound every product and sum on the way, whatever their order. None where the
    first side is no sum of products, or does not run so.
    """

    truth: Leaf
    scale: Leaf | None = None
    reach: Leaf | None = None


def _within(pair: Pair, a: Leaf, b: Leaf, reference: _Reference, precision: float) -> bool:
    if a.values.dtype.kind in "biu":
        return bool(np.array_equal(a.values, b.values))
    left, right = _wide(a), _wide(b)
    same = (left == right) | ((left != left) & (right != right))
    finite = np.isfinite(left) & np.isfinite(right)
    if reference.scale is None or reference.reach is None:
        return bool((same | (finite & (np.abs(left - right) <= _relative(a, reference.truth, precision)))).all())
    truth, reach = _wide(reference.truth), reference.reach.values
    units = _units(a, precision, reference.scale.values)
    if pair.in_any_order:
        units += _SMALLEST.get(a.dtype, 0.0) * reach  # products of some operands underflow, and others enlarge them
    allowed = np.maximum(units, np.where(np.isfinite(left), 2 * np.abs(left - truth), 0))
    overflows = ~np.isfinite(left) & (reach > _overflow(pair, a)) & ~np.isfinite(right)
    regained = ~np.isfinite(left) & (reach > _LARGEST[a.dtype]) & (np.abs(right - truth) <= units)
    lost = np.isfinite(left) & (reach > _LARGEST[a.dtype]) & ~np.isfinite(right) & pair.in_any_order
    return bool((same | (finite & (np.abs(left - right) <= allowed)) | overflows | regained | lost).all())


def _wide(leaf: Leaf) -> Values:
    return leaf.values.astype(np.complex128 if leaf.values.dtype.kind == "c" else np.float64)


def _references(pair: Pair, operands: Operands, ours: list[Leaf]) -> list[_Reference]:
    exact = _in_float64(pair, operands)
    if exact is None:
        return [_Reference(leaf) for leaf in ours]
    scale, reach = (
        _in_float64(pair, operands, change) if pair.sums_products else None for change in (abs, _at_least_one)
    )
    if scale is None or reach is None:
        return [_Reference(truth) for truth in exact]
    return [_Reference(*each) for each in zip(exact, scale, reach, strict=True)]


def _at_least_one(value: Any) -> Any:
    """The absolute values, 1 where they are less."""
    return abs(value).clip(1)


def _overflow(pair: Pair, leaf: Leaf) -> float:
    """From which size on sums and products on the way may overflow: torch adds up float16 in float32."""
    in_float32 = leaf.dtype == "float16" and pair.framework == "torch" and not pair.in_any_order
    return _LARGEST["float32"] if in_float32 else _LARGEST[leaf.dtype]


def _units(leaf: Leaf, precision: float, scale: Values) -> Values:
    """A few units in the last place of `scale`, and what products lose that are too small for the dtype."""
    unit = max(precision, PRECISION.get(leaf.dtype, FINEST))
    return np.asarray(UNITS * unit * np.abs(scale) + _SMALLEST.get(leaf.dtype, 0.0))


def _relative(leaf: Leaf, truth: Leaf, precision: float) -> Values:
    errors, sizes = (np.abs(some[np.isfinite(some)]) for some in (leaf.values - truth.values, truth.values))
    return np.asarray(_units(leaf, precision, sizes.max(initial=0.0)) + 2 * errors.max(initial=0.0))


def _in_float64(pair: Pair, operands: Operands, change: Callable[[Any], Any] | None = None) -> list[Leaf] | None:
    """The first side on the same operands, or on changed ones, without rounding; None where that raises."""
    wide = {name: _widened(pair, value, change) for name, value in operands.items()}
    with default_dtype(pair.library, "float64"):
        result = pair.run(pair.left, wide)
    return None if result.raised else list(_numbers(pair, result))


def _widened(pair: Pair, value: Any, change: Callable[[Any], Any] | None) -> Any:
    if str(value.dtype).removeprefix("torch.") not in _SMALLEST:
        return value
    wide = value.double() if pair.library.is_tensor(value) else value.astype(np.float64)
    return wide if change is None else change(wide)
