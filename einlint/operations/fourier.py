"""Fourier transforms, known by shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from einlint.dimensions import Dim, dim
from einlint.lazily import replace
from einlint.operations.structure import number_of
from einlint.operations.table import denotes
from einlint.program.deciding import decider
from einlint.program.value import Value, opaque

_COMPLEX = {"float32": "complex64", "float64": "complex128"}
_REAL = {value: key for key, value in _COMPLEX.items()}


def _transformed(x: Value, kind: str, places: Sequence[int], sizes: Sequence[Any] | None) -> Value:
    decider().admit("a Fourier transform")
    shape = list(x.shape)
    for at, given in zip(places, sizes or [None] * len(places), strict=True):
        shape[at] = shape[at] if given is None else dim(given)
    last = places[-1]
    asked = sizes[-1] if sizes else None
    if kind == "rfft":
        shape[last] = shape[last] // 2 + 1
    elif kind == "irfft":
        shape[last] = _doubled(x.shape[last]) if asked is None else dim(asked)
    dtype = _REAL.get(x.dtype, x.dtype) if kind == "irfft" else _COMPLEX.get(x.dtype, x.dtype)
    return opaque(shape, replace(x, dtype=dtype))


def _doubled(size: Dim) -> Dim:
    return (size - 1) * 2


def _one(kind: str) -> Callable[..., Value]:
    def entry(x: Value, n: Any = None, dim: Any = -1, norm: Any = None, axis: Any = None) -> Value:
        at = number_of(dim if axis is None else axis, len(x.dims))
        return _transformed(x, kind, [at], [n])

    return entry


def _several(kind: str, default: Any) -> Callable[..., Value]:
    def entry(x: Value, s: Any = None, dim: Any = None, norm: Any = None, axes: Any = None) -> Value:
        given = dim if axes is None else axes
        chosen = default if given is None else given
        if chosen is None:
            chosen = range(len(x.dims)) if s is None else range(len(x.dims) - len(s), len(x.dims))
        return _transformed(x, kind, [number_of(d, len(x.dims)) for d in chosen], s)

    return entry


for _library in ("torch", "numpy"):
    for _name, _kind in {"fft": "fft", "ifft": "fft", "rfft": "rfft", "irfft": "irfft"}.items():
        denotes(f"{_library}.fft.{_name}")(_one(_kind))
        denotes(f"{_library}.fft.{_name}2")(_several(_kind, (-2, -1)))
        denotes(f"{_library}.fft.{_name}n")(_several(_kind, None))


@denotes("torch.fft.fftshift", "torch.fft.ifftshift", "numpy.fft.fftshift", "numpy.fft.ifftshift")
def shift(x: Value, *places: Any, **named: Any) -> Value:
    decider().admit("a roll by half")
    return opaque(x.shape, x)
