"""What a tensor says about itself: lengths, rank, number of elements."""

from __future__ import annotations

from typing import Any

from einlint.dimensions import Dim
from einlint.dimensions.dim import product
from einlint.operations.structure import number_of
from einlint.operations.table import denotes
from einlint.program.value import Value


@denotes("Tensor.size")
def size(x: Value, dim: Any = None) -> Any:
    return tuple(x.shape) if dim is None else x.shape[number_of(dim, len(x.dims))]


@denotes("Tensor.dim", "Tensor.ndimension", "numpy.ndim")
def rank(x: Value) -> int:
    return len(x.dims)


@denotes("T.numel", "Tensor.nelement")
def count(x: Value) -> Dim:
    return product(x.shape)


@denotes("numpy.size")
def numpy_size(x: Value, axis: Any = None) -> Dim:
    return product(x.shape) if axis is None else x.shape[number_of(axis, len(x.dims))]


@denotes("numpy.shape")
def shape(x: Value) -> tuple[Dim, ...]:
    return tuple(x.shape)
