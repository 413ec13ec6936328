"""Elements on one side of a diagonal: tril, triu, and causal masks."""

from __future__ import annotations

from typing import Any

from einlint.dimensions import dim
from einlint.lazily import replace
from einlint.operations.table import denotes
from einlint.program.deciding import Query, decider, require
from einlint.program.terms import Guard, Linear, Unprovable, factor, is_finite_term, multiply
from einlint.program.value import Value, index_of


def guarded(x: Value, condition: Any) -> Value:
    """The tensor with 0 where an expression of the last two indices is negative."""
    if not is_finite_term(x.body):
        decider().admit("zeros in place of values that may not be finite")
    row, column = index_of(x.dims[-2]), index_of(x.dims[-1])
    body: Linear = multiply(x.body, factor(Guard(condition(row, column))))
    return replace(x, body=body, contiguous=True)


@denotes("T.tril")
def tril(x: Value, diagonal: int = 0) -> Value:
    require(len(x.dims) >= 2, "fewer than two dimensions")
    decider().notice(Query("at_least", x.shape[-1], dim(diagonal + 2)))
    decider().notice(Query("at_least", x.shape[-2], dim(-diagonal)))
    return guarded(x, lambda row, column: row - column + diagonal)


@denotes("T.triu")
def triu(x: Value, diagonal: int = 0) -> Value:
    require(len(x.dims) >= 2, "fewer than two dimensions")
    decider().notice(Query("at_least", x.shape[-2], dim(2 - diagonal)))
    decider().notice(Query("at_least", x.shape[-1], dim(diagonal)))
    return guarded(x, lambda row, column: column - row - diagonal)


@denotes("numpy.tril")
def numpy_tril(x: Value, k: int = 0) -> Value:
    if len(x.dims) < 2:
        raise Unprovable("a triangle of a vector")
    return tril(x, k)


@denotes("numpy.triu")
def numpy_triu(x: Value, k: int = 0) -> Value:
    if len(x.dims) < 2:
        raise Unprovable("a triangle of a vector")
    return triu(x, k)
