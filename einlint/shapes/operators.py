"""Operators: arithmetic of tensors, lengths and sequences, comparisons."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from einlint.dimensions import Dim, dim
from einlint.lazily import replace
from einlint.operations.table import Scalar
from einlint.shapes.conditions import compared, truth
from einlint.shapes.dispatch import EXPRESSIONS, value_of
from einlint.shapes.memory import element_of, joined
from einlint.shapes.objects import Hole, Known, Listing, as_python, length
from einlint.shapes.run import Run
from einlint.shapes.sequences import LONGEST, LONGEST_TEXT, MOST_ITEMS, light, sequence
from einlint.shapes.unknown_tensors import FLAT

SYMBOLS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@",
}  # fmt: skip
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "%": operator.mod,
    "/": operator.truediv, "**": operator.pow,
}  # fmt: skip
_EXACT = frozenset({"+", "-", "*", "//", "%"})
_NUMBERS = (int, float, Dim, Scalar)
_OPERANDS = (Hole, *_NUMBERS)
_LARGEST = 2**63


def _binary(run: Run, node: ast.BinOp) -> Any:
    left, right = value_of(run, node.left), value_of(run, node.right)
    return operated(run, SYMBOLS.get(node.op.__class__, ""), left, right, node, (node.left, node.right))


def operated(run: Run, symbol: str, left: Any, right: Any, node: ast.expr, parts: Sequence[ast.expr]) -> Any:
    """`left + right` and its like."""
    left, right = run.memory.present(left), run.memory.present(right)
    left = int(left) if left.__class__ is bool else left
    right = int(right) if right.__class__ is bool else right
    if isinstance(left, Known) or isinstance(right, Known):
        return _tensors(run, symbol, left, right, node, parts)
    if isinstance(left, (tuple, Listing)) or isinstance(right, (tuple, Listing)):
        return _sequences(run, symbol, left, right)
    if isinstance(left, Hole) or isinstance(right, Hole):
        return _unknown_number(run, symbol, left, right)
    if symbol == "+" and isinstance(left, str) and isinstance(right, str) and len(left) + len(right) <= LONGEST_TEXT:
        return left + right
    are_numbers = isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS)
    return _number(symbol, left, right) if are_numbers else Hole()


def _number(symbol: str, left: Any, right: Any) -> Any:
    """Arithmetic of numbers: exact for lengths, otherwise some number."""
    function = _ARITHMETIC.get(symbol)
    exact = symbol in _EXACT and isinstance(left, (int, Dim)) and isinstance(right, (int, Dim))
    plain = isinstance(left, (int, float)) and isinstance(right, (int, float))
    small = symbol != "**" or isinstance(right, (int, float)) and abs(right) <= 64
    if function is None or not (exact or plain) or not small:
        return Hole(numeric=True)
    try:
        result = function(dim(left), dim(right)) if exact and not plain else function(left, right)
    except (ArithmeticError, ValueError):
        return Hole(numeric=True)
    if isinstance(result, Dim):
        large = len(result.terms) > MOST_ITEMS or any(abs(c) >= _LARGEST for _, c in result.terms)
        return Hole(numeric=True) if large else as_python(result)
    small = isinstance(result, float) or isinstance(result, int) and abs(result) < _LARGEST
    return result if small else Hole(numeric=True)


def _unknown_number(run: Run, symbol: str, left: Any, right: Any) -> Any:
    if not (isinstance(left, _OPERANDS) and isinstance(right, _OPERANDS)):
        return Hole()
    parents = tuple([v for v in (left, right) if isinstance(v, Hole)])
    result = _assumed(run, Hole(parents=parents), left, right)
    if symbol in _EXACT:
        result.compute = partial(_exact, symbol, left, right)
    return result


def _exact(symbol: str, left: Any, right: Any) -> Dim | None:
    """The integer that comes of two, where they are integers."""
    one, other = length(left), length(right)
    found = None if one is None or other is None else _number(symbol, one, other)
    return dim(found) if isinstance(found, (int, Dim)) else None


def _tensors(run: Run, symbol: str, left: Any, right: Any, node: ast.expr, parts: Sequence[ast.expr]) -> Any:
    if any(isinstance(v, Hole) and not run.memory.is_number(v) for v in (left, right)):
        _meet(run, left, right, node)
        return _assumed(run, Hole(), left, right) if symbol != "@" else Hole()
    if symbol == "":
        return Hole()
    tensors = [v for v in (left, right) if isinstance(v, Known)]
    if len(tensors) == 1 and symbol != "@":
        if symbol == "/" and isinstance(left, Known) and run.observer is not None:
            run.observer.divided(run, left, right, node)
        return tensors[0] if all(isinstance(v, (Known, Hole, *_NUMBERS)) for v in (left, right)) else Hole()
    operands = [(n, v) for n, v in zip(parts, (left, right), strict=True) if isinstance(v, Known)]
    return run.operate(run.domain.binary, (symbol, left, right), node, symbol, operands)


def _meet(run: Run, left: Any, right: Any, node: ast.expr) -> None:
    """Tell of a vector that meets an unknown tensor of as many elements."""
    for one, other in ((left, right), (right, left)):
        flat = one.members.get(FLAT) if isinstance(one, Hole) else None
        if flat is None or run.observer is None or not isinstance(other, Known) or len(other.dims) != 1:
            continue
        if other.shape[0] == flat.size:
            run.observer.met(run, flat, other, node)


def _assumed(run: Run, result: Hole, left: Any, right: Any) -> Hole:
    """What comes of something unknown and a tensor is assumed to be like the one that has more axes."""
    one, other = run.memory.assumed(left), run.memory.assumed(right)
    is_one = one is not None and (other is None or len(one.dims) >= len(other.dims))
    result.assumed = one if is_one else other
    return result


def _sequences(run: Run, symbol: str, left: Any, right: Any) -> Any:
    if symbol == "+" and type(left) is type(right):
        if isinstance(left, tuple):
            return light(left + right)
        if left.items is not None and right.items is not None and len(left.items) + len(right.items) <= LONGEST:
            return Listing(left.items + right.items)
        return Listing(None, joined(element_of(left), element_of(right)))
    items = sequence(run, left)
    if symbol == "*" and items is not None and type(right) is int and 0 <= right * len(items) <= MOST_ITEMS:
        return tuple(items * right) if isinstance(left, tuple) else Listing(items * right)
    return Hole()


def _unary(run: Run, node: ast.UnaryOp) -> Any:
    value = value_of(run, node.operand)
    if isinstance(node.op, ast.Not):
        known_truth = truth(value)
        return Hole() if known_truth is None else not known_truth
    if isinstance(value, Known):
        return value
    if isinstance(node.op, ast.USub):
        if isinstance(value, (int, float, Dim)):
            return -value
        if isinstance(value, Hole):
            return _unknown_number(run, "-", 0, value)
    return value if isinstance(node.op, ast.UAdd) and isinstance(value, _NUMBERS) else Hole()


def _compare(run: Run, node: ast.Compare) -> Any:
    values = [value_of(run, each) for each in (node.left, *node.comparators)]
    by_identity = isinstance(node.ops[0], (ast.Is, ast.IsNot, ast.In, ast.NotIn))
    tensors = [v for v in values if isinstance(v, Known)]
    if tensors and not by_identity:
        if len(values) == 2 and len(tensors) == 1 and all(isinstance(v, (Known, *_NUMBERS)) for v in values):
            return replace(tensors[0], dtype="bool")
        return Hole()
    decided = compared(node.ops[0], *values) if len(values) == 2 else None
    return Hole() if decided is None else decided


EXPRESSIONS.update({ast.BinOp: _binary, ast.UnaryOp: _unary, ast.Compare: _compare})
