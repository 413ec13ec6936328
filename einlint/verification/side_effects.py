"""What equal values can hide: shared memory, gradients, the result's dtype under autocast. Inside the worker."""

from __future__ import annotations

import functools
import math
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from einlint.verification.comparison import FINEST, PRECISION
from einlint.verification.concrete import Library
from einlint.verification.expressions import Expression
from einlint.verification.running import Case, Operands, Pair, Result, copy_of, default_dtype

_SEED = 20240


def shared(result: Result, library: Library) -> frozenset[str]:
    """The operands whose memory the result uses; without elements there is nothing to share."""
    parts = [part for part in _parts(result.value, library) if math.prod(part.shape)]
    return frozenset(
        name for part in parts for name, operand in result.operands.items() if _overlap(part, operand, library)
    )


def _parts(value: Any, library: Library) -> list[Any]:
    """The tensors and arrays of a result."""
    if isinstance(value, tuple | list):
        return [part for item in value for part in _parts(item, library)]
    return [value] if library.is_tensor(value) or library.is_array(value) else []


def _overlap(part: Any, operand: Any, library: Library) -> bool:
    if library.is_tensor(part) and library.is_tensor(operand):
        address = part.untyped_storage().data_ptr()
        return bool(address != 0 and address == operand.untyped_storage().data_ptr())
    if library.is_array(part) and library.is_array(operand):
        return bool(np.may_share_memory(part, operand)) and _shares(part, operand)
    return False


def _shares(part: Any, operand: Any) -> bool:
    try:
        return bool(np.shares_memory(part, operand, max_work=cast(Any, 10_000)))  # the stubs know -1 and 0 only
    except np.exceptions.TooHardError:
        return True


def gradients_differ(pair: Pair, case: Case) -> bool | None:
    """Against one random cotangent; None where the forward pass raises."""
    operands = pair.operands(case)
    left, right = (_gradients(pair, side, operands) for side in (pair.left, pair.right))
    if left is None or right is None:
        return None
    if isinstance(left, str) or isinstance(right, str):
        return isinstance(left, str) is not isinstance(right, str)
    precision = max((PRECISION.get(dtype, FINEST) for dtype in pair.dtypes.values()), default=FINEST)
    tolerance = max(1e-7, 16 * precision)
    return any(_apart(a, b, tolerance) for a, b in zip(left, right, strict=True))


def _gradients(pair: Pair, side: Expression, operands: Operands) -> list[Any] | str | None:
    """One gradient per floating operand, the error of the backward pass, or None."""
    torch = pair.library.torch
    inputs = {name: copy_of(value) for name, value in operands.items()}
    learnt = [value.requires_grad_() for value in inputs.values() if value.is_floating_point() or value.is_complex()]
    given = {name: value.clone() if pair.mutates else value for name, value in inputs.items()}
    result = pair.run(side, given)
    if result.raised:
        return None
    outputs = [part for part in _parts(result.value, pair.library) if getattr(part, "requires_grad", False)]
    if not outputs:
        return [torch.zeros_like(value) for value in learnt]
    try:
        found = torch.autograd.grad(outputs, learnt, _cotangents(outputs, result, pair.library), allow_unused=True)
    except (RuntimeError, NotImplementedError) as error:
        return str(error)
    return [torch.zeros_like(value) if g is None else g for g, value in zip(found, learnt, strict=True)]


def _cotangents(outputs: list[Any], result: Result, library: Library) -> list[Any]:
    """The same cotangent for the same place in the result, whether or not that place needs a gradient."""
    parts = _parts(result.value, library)
    values, start, found = _normal(sum(math.prod(part.shape) for part in parts)), 0, []
    for part in parts:
        stop = start + math.prod(part.shape)
        if any(part is output for output in outputs):
            cotangent = values[start:stop].reshape(tuple(part.shape)).copy()
            found.append(library.torch.from_numpy(cotangent).to(part.dtype))
        start = stop
    return found


def _normal(count: int) -> NDArray[Any]:
    kept = _first_normal()
    return kept[:count] if count <= len(kept) else np.random.default_rng(_SEED).standard_normal(count)


@functools.lru_cache(maxsize=1)
def _first_normal() -> NDArray[Any]:
    return np.random.default_rng(_SEED).standard_normal(4096)


def _apart(left: Any, right: Any, tolerance: float) -> bool:
    left, right = left.detach(), right.detach()
    if bool(left.equal(right)):
        return False
    same = (left == right) | (left.isnan() & right.isnan())
    if same.all():
        return False
    scale = max(1.0, *(float(side.abs().nan_to_num(0, 0, 0).max()) for side in (left, right)))
    return not bool(((left - right).abs()[~same] <= tolerance * scale).all())


def autocast_dtypes(pair: Pair, case: Case) -> tuple[str, str] | None:
    """Both results' dtypes under CPU autocast to bfloat16; None where a side raises or they differ without it."""
    torch = pair.library.torch
    with default_dtype(pair.library, "float32"):
        plain = [_dtypes(result, pair.library) for result in pair.both(case, single=True)]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            cast = [_dtypes(result, pair.library) for result in pair.both(case, single=True)]
    if "exception" in plain or plain[0] != plain[1]:
        return None
    return cast[0], cast[1]


def _dtypes(result: Result, library: Library) -> str:
    if result.raised:
        return "exception"
    return ", ".join(str(part.dtype).removeprefix("torch.") for part in _parts(result.value, library))
