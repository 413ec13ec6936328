"""Conditions: whether one holds, and what is known where it holds or does not."""

from __future__ import annotations

import ast
from typing import Any

from einlint.dimensions import Dim, dim
from einlint.program.deciding import Query
from einlint.shapes.assuming import learned, unlike
from einlint.shapes.dispatch import value_of
from einlint.shapes.memory import tensor
from einlint.shapes.objects import (
    Class,
    Function,
    Hole,
    Instance,
    Known,
    Library,
    Listing,
    Origin,
    RankOf,
    Sequential,
    ShapeOf,
    length,
)  # fmt: skip
from einlint.shapes.run import Run
from einlint.shapes.unknown_tensors import ranked

_THINGS = (Known, tuple, Listing, Function, Class, Instance, Library, Sequential, int, float, str, Dim, ShapeOf)


def truth(value: Any) -> bool | None:
    """Whether the value of a condition counts as true: None when that is not known."""
    return bool(value) if value is None or isinstance(value, (bool, int, float, str, tuple)) else None


def compared(operator: ast.cmpop, left: Any, right: Any) -> bool | None:
    """Whether a comparison holds: None when that is not known."""
    if isinstance(operator, (ast.Is, ast.IsNot)):
        same = _is_none(left) if right is None else _is_none(right) if left is None else None
        return None if same is None else same is isinstance(operator, ast.Is)
    if isinstance(operator, (ast.Eq, ast.NotEq)):
        same = _equal(left, right)
        return None if same is None else same is isinstance(operator, ast.Eq)
    if isinstance(operator, (ast.In, ast.NotIn)):
        found = _contains(left, right)
        return None if found is None else found is isinstance(operator, ast.In)
    return _ordered(operator, left, right)


def _is_none(value: Any) -> bool | None:
    if value is None:
        return True
    return False if isinstance(value, _THINGS) else None


def _equal(left: Any, right: Any) -> bool | None:
    if isinstance(left, tuple) and isinstance(right, tuple):
        if len(left) != len(right):
            return False
        each = [_equal(a, b) for a, b in zip(left, right, strict=True)]
        return False if False in each else None if None in each else True
    if isinstance(left, Hole) or isinstance(right, Hole):
        return None
    a, b = length(left), length(right)
    if a is not None and b is not None:
        return True if a == b else False if unlike(a, b) else None
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return None


def _contains(left: Any, right: Any) -> bool | None:
    items = right if isinstance(right, tuple) else right.items if isinstance(right, Listing) else None
    if items is None:
        return None
    each = [_equal(left, item) for item in items]
    return True if True in each else None if None in each else False


def _ordered(operator: ast.cmpop, left: Any, right: Any) -> bool | None:
    if type(left) is int and type(right) is int:
        answers = {ast.Lt: left < right, ast.LtE: left <= right, ast.Gt: left > right, ast.GtE: left >= right}
        return answers.get(operator.__class__)
    return None


def assume(run: Run, test: ast.expr, holds: bool) -> None:
    """Learn what a condition says where it holds (or does not)."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        assume(run, test.operand, not holds)
    elif isinstance(test, ast.BoolOp):
        if isinstance(test.op, ast.And) is holds:
            for part in test.values:
                assume(run, part, holds)
    elif isinstance(test, ast.Compare) and len(test.ops) == 1:
        _assume_compared(run, test, holds)


def _assume_compared(run: Run, test: ast.Compare, holds: bool) -> None:
    operator = test.ops[0]
    positive = isinstance(operator, (ast.Eq, ast.Is))
    if positive is not holds and _asks_for_none(test):
        with run.quiet():
            run.memory.present(value_of(run, test.left))
    if not isinstance(operator, (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)) or positive is not holds:
        return
    with run.quiet():
        left, right = value_of(run, test.left), value_of(run, test.comparators[0])
    for one, other in ((left, right), (right, left)):
        _assume_equal(run, one, other, test.lineno)


def _asks_for_none(test: ast.Compare) -> bool:
    """Whether a comparison is `x is None` or `x is not None`; to read `x` again changes nothing."""
    other = test.comparators[0]
    is_none = isinstance(other, ast.Constant) and other.value is None
    return is_none and isinstance(test.ops[0], (ast.Is, ast.IsNot)) and isinstance(test.left, (ast.Name, ast.Attribute))


def _assume_equal(run: Run, one: Any, other: Any, row: int) -> None:
    one, other = run.memory.current(one), run.memory.current(other)
    if isinstance(one, Hole) and (other is None or type(other) in (int, str, bool)):
        run.memory.holes[one] = other
    elif isinstance(one, RankOf) and type(other) is int and 0 <= other <= 12:
        if isinstance(run.memory.current(one.hole), Hole):
            run.memory.holes[one.hole] = ranked(
                run, one.hole, other, Origin(row, f"checked to have {other} dimensions")
            )
    elif isinstance(one, ShapeOf) and isinstance(other, tuple):
        sizes = [length(v) for v in other]
        if isinstance(run.memory.current(one.hole), Hole) and all(s is not None for s in sizes):
            run.memory.holes[one.hole] = tensor([s for s in sizes if s is not None], Origin(row, "checked"))
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        for a, b in zip(one, other, strict=True):
            _assume_equal(run, a, b, row)
    elif _is_integer(one) and _is_integer(other):
        found = learned(Query("equal", dim(one), dim(other)), run.memory.sizes)
        if found is not None:
            run.memory.sizes[found[0]] = found[1]


def _is_integer(value: Any) -> bool:
    return isinstance(value, (int, Dim)) and not isinstance(value, bool)
