"""Two results -> equal or how they differ: kind, shape and dtype before values, rounding told from difference."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einlint.verification.concrete import Library

PRECISION = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": 2.0**-23, "complex64": 2.0**-23}
FINEST = 2.0**-52


@dataclass(frozen=True)
class Leaf:
    """One tensor, array or number of a result, in numpy terms."""

    shape: tuple[int, ...]
    dtype: str
    values: NDArray[Any]


@dataclass(frozen=True)
class Difference:
    """`kind` is shape, dtype, exception or value; the gap of values comes with its scale."""

    kind: str
    gap: float = math.inf
    scale: float = 1.0
    precision: float = FINEST

    @property
    def relative(self) -> float:
        return self.gap / self.scale if self.scale else math.inf


def equal_tensors(left: Any, right: Any, library: Library) -> bool:
    """Whether both results are one tensor each, and the same to the bit; False says nothing."""
    return (
        library.is_tensor(left)
        and library.is_tensor(right)
        and left.dtype is right.dtype
        and left.device == right.device
        and library.torch.equal(left, right)
    )


def leaves(value: Any, library: Library) -> Iterator[Leaf | str]:
    """The parts of a result in order; brackets mark sequences, so that (a, b) differs from a, b stacked."""
    if isinstance(value, tuple | list):
        yield f"({len(value)}"
        for item in value:
            yield from leaves(item, library)
    elif isinstance(value, dict):
        yield f"{{{sorted(map(str, value))}"
        for key in sorted(value, key=str):
            yield from leaves(value[key], library)
    elif library.is_tensor(value):
        yield _tensor_leaf(value, library)
    elif library.is_array(value):
        yield Leaf(value.shape, value.dtype.name, np.asarray(value))
    elif isinstance(value, bool | int | float | complex):
        yield _number_leaf(value)
    else:
        yield repr(value)


def _tensor_leaf(value: Any, library: Library) -> Leaf:
    torch = library.torch
    dtype = str(value.dtype).removeprefix("torch.")
    plain = value.detach().cpu().resolve_conj().resolve_neg()
    if value.dtype is torch.bfloat16:
        plain = plain.float()
    return Leaf(tuple(value.shape), dtype, plain.numpy())


def _number_leaf(value: complex) -> Leaf:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        value = float(value)
    return Leaf((), f"Python {type(value).__name__}", np.asarray(value))


def differ(left: list[Leaf | str], right: list[Leaf | str], dtypes: bool = True) -> Difference | None:
    """None when equal to the bit (nan equal to nan); the sign of zero is not compared."""
    if len(left) != len(right):
        return Difference("shape")
    for kind in ("shape", "dtype") if dtypes else ("shape",):
        for a, b in zip(left, right, strict=True):
            if _aspect(a, kind) != _aspect(b, kind):
                return Difference(kind)
    worst: Difference | None = None
    for a, b in zip(left, right, strict=True):
        if isinstance(a, Leaf) and isinstance(b, Leaf):
            found = gap(a, b)
            if found is not None and (worst is None or found.relative > worst.relative):
                worst = found
    return worst


def _aspect(leaf: Leaf | str, kind: str) -> object:
    if isinstance(leaf, str):
        return leaf
    return leaf.shape if kind == "shape" else leaf.dtype


def gap(left: Leaf, right: Leaf) -> Difference | None:
    """The largest difference of two leaves of one shape and dtype."""
    a, b = left.values, right.values
    if a.dtype.kind in "biu":
        return None if np.array_equal(a, b) else Difference("value")
    same = (a == b) | ((a != a) & (b != b))
    if same.all():
        return None
    wide = np.complex128 if a.dtype.kind == "c" else np.float64
    a, b = a.astype(wide), b.astype(wide)
    precision = PRECISION.get(left.dtype, FINEST)
    if not (np.isfinite(a) & np.isfinite(b) | same).all():
        return Difference("value", precision=precision)
    finite = np.isfinite(a)
    scale = float(max(np.abs(a[finite]).max(), np.abs(b[finite]).max()))
    return Difference("value", float(np.abs(a - b)[~same].max()), scale, precision)
