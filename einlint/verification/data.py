"""Operand data. A recipe names a kind of data; recipe, seed, dtype and shape give the same values always."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einlint.verification.constants import turns, values_near
from einlint.verification.recipes import COMPARED, EDGES, FINE_BITS, FINE_RANGE, ORDERED

Draw = Callable[[np.random.Generator, tuple[int, ...]], NDArray[Any]]


def _whole(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[Any]:
    return rng.integers(-9, 10, shape).astype(np.float64)


def _fine(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[Any]:
    top = FINE_RANGE * 2**FINE_BITS
    values: NDArray[Any] = rng.integers(-top, top, shape) / 2.0**FINE_BITS
    return values


def _full_range(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[Any]:
    values = rng.integers(-100 * 2**8, 100 * 2**8 + 1, shape).astype(np.float64) / 2**8
    return np.where(rng.integers(0, 8, shape) == 0, np.copysign(100.0, values), values)


def _choice(*values: float) -> Draw:
    listed = np.array(values)
    return lambda rng, shape: listed[rng.integers(0, len(listed), shape)]


def _counting(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[Any]:
    return np.arange(1, math.prod(shape) + 1, dtype=np.float64).reshape(shape) % 101


def _rising(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[Any]:
    """0 and up in equal steps, below 64, as exact as counting."""
    count = math.prod(shape)
    values: NDArray[Any] = np.arange(count).reshape(shape) * 2.0 ** (6 - max(count - 1, 1).bit_length())
    return values


def _falling(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[Any]:
    values: NDArray[Any] = _rising(rng, shape).ravel()[::-1].reshape(shape).copy()
    return values


_SIGNS = _choice(1.0, 1.0, 1.0, -1.0)

# Draws of real numbers within +-100; `dtype` then scales, rounds or replaces them.
REAL: dict[str, Draw] = {
    "whole": _whole,
    "fine": _fine,
    "full": _full_range,
    "near": lambda rng, shape: np.copysign(99 + rng.random(shape), _SIGNS(rng, shape)),
    "ties": _choice(-1.0, 2.0),
    "constant": lambda rng, shape: np.full(shape, 2.0),
    "zeros": _choice(0.0, 0.0, 1.5, -2.0),
    "nothing": lambda rng, shape: np.zeros(shape),
    "positive": lambda rng, shape: np.abs(_fine(rng, shape)) + 2**-FINE_BITS,
    "negative": lambda rng, shape: -np.abs(_fine(rng, shape)) - 1,
    "unit": lambda rng, shape: np.abs(_fine(rng, shape)) / (FINE_RANGE + 1),
    "tiny": lambda rng, shape: _fine(rng, shape) * 2.0**-14,
    "counting": _counting,
    "rising": _rising,
    "falling": _falling,
}
# Small and not negative: integers that are valid as indices.
_INDEX_TOPS = {"unit": 1, "fine": 2, "positive": 4}
_REAL_DTYPES = frozenset({"float16", "bfloat16", "float32", "float64"})
_KEPT = 4096
_LARGEST = {"float16": 65504.0, "bfloat16": 3.3895313892515355e38, "float32": 3.4028234663852886e38}


def drawn(
    recipe: str, wanted: Sequence[tuple[str, tuple[int, ...]]], seed: int, edges: Sequence[float]
) -> Iterator[NDArray[Any]]:
    """Values for all operands of a run, given by dtype and shape: what `draw` gives for one after the other.

    Data that is `compared` depends on the whole run instead; `edges` are then the constants.
    """
    if recipe == COMPARED:
        yield from _compared(wanted, seed, edges)
        return
    if recipe == "fine" and all(dtype in _REAL_DTYPES for dtype, _ in wanted):
        values, start = _first_fine(seed), 0
        counts = [math.prod(shape) for _, shape in wanted]
        if sum(counts) <= len(values):
            for (_, shape), count in zip(wanted, counts, strict=True):
                yield values[start : start + count].reshape(shape).copy()
                start += count
            return
    rng = np.random.default_rng(seed)
    for dtype, shape in wanted:
        yield np.asarray(draw(recipe, dtype, shape, rng, edges))


def _compared(
    wanted: Sequence[tuple[str, tuple[int, ...]]], seed: int, constants: Sequence[float]
) -> Iterator[NDArray[Any]]:
    """The constants one after the other in one operand, or in all: the next ones with each seed that comes round."""
    rng = np.random.default_rng(seed)
    start, turn = divmod(seed, turns(len(wanted)))
    for place, (dtype, shape) in enumerate(wanted):
        values = () if dtype == "bool" else values_near(constants, dtype)
        if not values or turn not in (place, len(wanted)):
            yield np.asarray(draw("fine", dtype, shape, rng))
            continue
        count = math.prod(shape)
        listed = np.array(values, dtype=dtype if "int" in dtype else np.float64)
        yield listed[(start * count + np.arange(count)) % len(values)].reshape(shape)


@functools.lru_cache(maxsize=32)
def _first_fine(seed: int) -> NDArray[Any]:
    """The numbers that most runs take; to make a generator costs more than to run a small expression."""
    return _fine(np.random.default_rng(seed), (_KEPT,))


def draw(
    recipe: str, dtype: str, shape: tuple[int, ...], rng: np.random.Generator, edges: Sequence[float] = EDGES
) -> NDArray[Any]:
    """Values for one operand, in float64, complex128 or the integer dtype itself (the caller casts).

    `edges` are the numbers at which a function may change its course; the recipe of that name draws from them.
    """
    real = _choice(*edges, *(-edge for edge in edges)) if recipe == "edges" else REAL[recipe]
    if dtype.startswith("complex"):
        return real(rng, shape) + 1j * real(rng, shape)
    if dtype == "bool":
        return _booleans(recipe, shape, rng)
    if "int" in dtype:
        return _integers(recipe, real, np.dtype(dtype), shape, rng)
    if recipe in ("full", "near") and dtype in _LARGEST:
        return _up_to(_LARGEST[dtype], recipe, shape, rng)
    return real(rng, shape)


def _booleans(recipe: str, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[Any]:
    if recipe in ("constant", "nothing"):
        return np.full(shape, recipe == "constant")
    return rng.integers(0, 2, shape).astype(bool)


def _integers(
    recipe: str, real: Draw, dtype: np.dtype[Any], shape: tuple[int, ...], rng: np.random.Generator
) -> NDArray[Any]:
    limits = np.iinfo(dtype)
    if recipe == "full":
        return rng.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)
    if recipe == "near":
        return rng.choice(np.array([limits.max, limits.max - 1, limits.min, 1], dtype=dtype), shape)
    if recipe in ORDERED:
        counted = (np.arange(math.prod(shape)) % limits.max).astype(dtype)
        return (counted if recipe == "rising" else counted[::-1].copy()).reshape(shape)
    if recipe in _INDEX_TOPS:
        return rng.integers(0, _INDEX_TOPS[recipe], shape).astype(dtype)
    values = np.clip(real(rng, shape), max(limits.min, -100), min(limits.max, 100))
    whole: NDArray[Any] = np.trunc(values).astype(dtype)
    return whole


def _up_to(largest: float, recipe: str, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[Any]:
    """All large and positive, so that sums overflow; or signed and so spread that only products do.

    Sums that overflow in one order of addition and not in another would tell nothing.
    """
    if recipe == "full":
        return np.asarray(largest * (0.5 + 0.5 * rng.random(shape)))
    exponents = rng.permutation(math.prod(shape)).reshape(shape) + 2.0
    return np.asarray(np.copysign(largest * 2.0**-exponents, rng.choice(np.array([1.0, -1.0]), shape)))
