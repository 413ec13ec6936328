"""The written numbers with which values are compared: data must meet each of them, wherever a size allows one."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator, Sequence

from einlint.verification.expressions import Expression, numbers

Number = int | float

# Functions that change their course at a number; comparisons, `//` and `%` do too.
_DECIDE = frozenset(
    """
    eq ne lt le gt ge equal greater greater_equal less less_equal not_equal isclose allclose isin sign sgn floor ceil
    round trunc where masked_fill clamp clamp_min clamp_max clip maximum minimum fmax fmin heaviside threshold
    hardshrink softshrink hardtanh hardsigmoid remainder fmod floor_divide searchsorted bucketize digitize
    """.split()
)
_LARGEST = {"float64": 100.0, "complex128": 100.0, "float16": 65504.0, "bfloat16": 3.3e38}
_SINGLE = 3.4e38
_MOST = 32


def compared(sides: Iterable[Expression]) -> tuple[Number, ...]:
    """The numbers inside what decides, without those that select elements; at most 32."""
    found: dict[Number, None] = {}
    for side in sides:
        inside = {id(part) for node in ast.walk(side.body) if _decides(node) for part in _values(node)}
        found |= dict.fromkeys(number for node, number in numbers(side) if id(node) in inside and math.isfinite(number))
    return tuple(found)[:_MOST]


def _decides(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return getattr(node.func, "attr", getattr(node.func, "id", None)) in _DECIDE
    return isinstance(node, ast.Compare) or (
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv | ast.Mod)
    )


def _values(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what is in it, but neither indices nor patterns."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return
    yield node
    for part in [node.value] if isinstance(node, ast.Subscript) else ast.iter_child_nodes(node):
        yield from _values(part)


def compares_operand(node: ast.Compare, side: Expression) -> bool:
    """Whether elements of an operand are compared, so that the numbers beside them are no sizes."""
    return any(_is_operand(part, side) for part in (node.left, *node.comparators))


def _is_operand(node: ast.expr, side: Expression) -> bool:
    while isinstance(node, ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id in side.tensors


def values_near(constants: Sequence[Number], dtype: str) -> tuple[Number, ...]:
    """What an operand of this dtype takes of the constants and their opposites: integers also one step to each side."""
    if "int" in dtype:
        bits, signed = int(dtype.removeprefix("u").removeprefix("int")), not dtype.startswith("u")
        top = 2 ** (bits - signed)
        bases = dict.fromkeys(int(c) for c in (*constants, *(-c for c in constants)))
        near = dict.fromkeys(base + step for base in bases for step in (0, -1, 1))
        return tuple(value for value in near if (-top if signed else 0) <= value < top)
    largest = _LARGEST.get(dtype, _SINGLE)
    both = dict.fromkeys(float(c) for c in (*constants, *(-c for c in constants)))
    return tuple(value for value in both if abs(value) <= largest)


def turns(operands: int) -> int:
    """How many runs meet one place of the constants: each operand alone beside other data, then all at once."""
    return 1 if operands == 1 else operands + 1


def seeds_needed(constants: Sequence[Number], operands: Sequence[tuple[str, int]]) -> int:
    """The number of runs until every operand, given by dtype and count of elements, has met every constant."""
    rounds = [-(-len(values_near(constants, dtype)) // count) for dtype, count in operands if count and dtype != "bool"]
    return turns(len(operands)) * max(rounds, default=0) if constants else 0
