"""Linear algebra and diagonals, known by shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from einlint.dimensions import ONE, ZERO, Dim, dim
from einlint.operations.contractions import diagonal, matmul
from einlint.operations.losses import common
from einlint.operations.reductions import without
from einlint.operations.structure import number_of, reshape, transpose
from einlint.operations.table import denotes
from einlint.program.deciding import decider, require, require_equal
from einlint.program.value import Value, opaque, operand


def _matrices(x: Value, square: bool = False) -> None:
    decider().admit("linear algebra")
    require(len(x.dims) >= 2, "fewer than two axes")
    if square:
        require_equal(x.shape[-2], x.shape[-1], "matrices that are not square")


def _square(x: Value, *arguments: Any, **named: Any) -> Value:
    _matrices(x, square=True)
    return opaque(x.shape, x)


def _number(x: Value) -> Value:
    _matrices(x, square=True)
    return opaque(x.shape[:-2], x)


def _pinv(x: Value, *arguments: Any, **named: Any) -> Value:
    _matrices(x)
    return opaque(transpose(x, -2, -1).shape, x)


def _least(x: Value) -> Dim:
    rows, columns = x.shape[-2:]
    return columns if decider().at_least(rows, columns) else rows


def _singular_values(x: Value, *arguments: Any, **named: Any) -> Value:
    _matrices(x)
    return opaque([*x.shape[:-2], _least(x)], x)


denotes("T.inverse", "torch.linalg.inv", "T.matrix_exp", "torch.linalg.matrix_exp", "torch.linalg.cholesky")(_square)
denotes("T.matrix_power", "torch.linalg.matrix_power", "numpy.linalg.matrix_power", "numpy.linalg.inv")(_square)
denotes("numpy.linalg.cholesky")(_square)
denotes("T.det", "torch.linalg.det", "T.logdet", "numpy.linalg.det")(_number)
denotes("T.pinverse", "torch.linalg.pinv", "numpy.linalg.pinv")(_pinv)
denotes("torch.linalg.svdvals", "numpy.linalg.svdvals")(_singular_values)


@denotes("torch.linalg.solve", "numpy.linalg.solve")
def solve(a: Value, b: Value) -> Value:
    _matrices(a, square=True)
    require(len(b.dims) >= 1, "a right side that is a scalar")
    if len(b.dims) != len(a.dims):
        decider().admit("a right side of another rank")
    else:
        require_equal(a.shape[-1], b.shape[-2], "a right side of another length")
    return opaque(b.shape, b)


@denotes("torch.linalg.qr")
def qr(x: Value, *options: Any, **named: Any) -> tuple[Value, Value]:
    _matrices(x)
    inner = _least(x)
    return opaque([*x.shape[:-1], inner], x), opaque([*x.shape[:-2], inner, x.shape[-1]], x)


@denotes("torch.linalg.eigh", "numpy.linalg.eigh")
def eigh(x: Value, *options: Any) -> tuple[Value, Value]:
    _matrices(x, square=True)
    return opaque(x.shape[:-1], x), opaque(x.shape, x)


@denotes("torch.chain_matmul", "torch.linalg.multi_dot", "numpy.linalg.multi_dot")
def multi_dot(*matrices: Any) -> Value:
    listed = matrices[0] if len(matrices) == 1 and isinstance(matrices[0], (tuple, list)) else matrices
    result = listed[0]
    for each in listed[1:]:
        result = matmul(result, each)
    return result  # type: ignore[no-any-return]


@denotes("torch.linalg.matmul")
def linalg_matmul(x: Value, y: Value) -> Value:
    return matmul(x, y)


def _vecdot(x: Value, y: Value, position: Any) -> Value:
    decider().admit("a product along one dimension")
    both = common(x, y)
    result = without(both, [number_of(position, len(both.dims))], keep=False)
    return opaque(result.shape, result)


@denotes("torch.linalg.vecdot")
def vecdot(x: Value, y: Value, dim: Any = -1) -> Value:
    return _vecdot(x, y, dim)


@denotes("numpy.vecdot", "numpy.linalg.vecdot")
def numpy_vecdot(x: Value, y: Value, axis: Any = -1) -> Value:
    return _vecdot(x, y, axis)


@denotes("torch.cross", "Tensor.cross", "torch.linalg.cross")
def cross(x: Value, y: Value, dim: Any = -1) -> Value:
    decider().admit("a cross product")
    both = common(x, y)
    require_equal(both.shape[number_of(dim, len(both.dims))], _three(), "a dimension that is not of length 3")
    return opaque(both.shape, both)


def _three() -> Dim:
    return dim(3)


@denotes("Tensor.addmm", "Tensor.baddbmm", "T.addmv")
def added_product(x: Value, one: Value, other: Value, **named: Any) -> Value:
    decider().admit("a sum of a matrix product")
    return opaque(common(x, matmul(one, other)).shape, x)


def _diagonal_matrix(x: Value, offset: Any) -> Value:
    decider().admit("a diagonal")
    count = abs(offset)
    if len(x.dims) == 1:
        return opaque([x.shape[0] + count] * 2, x)
    require(len(x.dims) == 2, "a tensor that is no vector or matrix")
    return diagonal(x, offset)


@denotes("T.diag")
def diag(x: Value, diagonal: int = 0) -> Value:
    return _diagonal_matrix(x, diagonal)


@denotes("numpy.diag")
def numpy_diag(x: Value, k: int = 0) -> Value:
    return _diagonal_matrix(x, k)


@denotes("T.diagflat", "numpy.diagflat")
def diagflat(x: Value, offset: int = 0) -> Value:
    return _diagonal_matrix(reshape(x, -1), offset)


@denotes("T.diag_embed")
def diag_embed(x: Value, offset: int = 0, *places: Any) -> Value:
    require(bool(x.dims), "a scalar")
    decider().admit("a diagonal")
    size = x.shape[-1] + abs(offset)
    if places:
        decider().admit("dimensions in another order")
        raise TypeError("places of the diagonal")
    return opaque([*x.shape[:-1], size, size], x)


@denotes("torch.block_diag")
def block_diag(*tensors: Value) -> Value:
    decider().admit("blocks")
    require(all(len(t.dims) <= 2 for t in tensors), "a block of more than two axes")
    shapes = [(ONE,) * (2 - len(t.dims)) + t.shape for t in tensors]
    return opaque([_sum([s[0] for s in shapes]), _sum([s[1] for s in shapes])], tensors[0])


def _sum(sizes: Sequence[Dim]) -> Dim:
    return sum(sizes, ZERO)


@denotes("T.cov", "T.corrcoef")
def cov(x: Value, **named: Any) -> Value:
    decider().admit("covariances")
    require(len(x.dims) <= 2, "a tensor of more than two axes")
    return opaque([x.shape[0]] * 2 if len(x.dims) == 2 else [], x)


def _triangle(lower: bool) -> Callable[..., Value]:
    def entry(row: int, col: int, offset: int = 0, **named: Any) -> Value:
        decider().admit("places in a triangle")
        rows, columns = (decider().integer(dim(v)) for v in (row, col))
        inside = ((c - r <= offset) if lower else (c - r >= offset) for r in range(rows) for c in range(columns))
        return operand("?triangle", [dim(2), dim(sum(inside))], "int64")

    return entry


denotes("torch.tril_indices")(_triangle(lower=True))
denotes("torch.triu_indices")(_triangle(lower=False))
