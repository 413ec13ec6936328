"""Constraints on sizes: `H = 2*h`, `n >= 0`, `n <= 64`. Names outside the tensors are existential."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from einlint.dimensions.steps import TooLarge, step
from einlint.lazily import regex
from einlint.source import PARSING
from einlint.verification.problems import QuestionError

_FORM = regex(r"\s*([^\W\d]\w*)\s*(=|>=|<=)\s*([^=<>].*)")
_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
}  # fmt: skip
_RELATIONS: dict[str, Callable[[int, int], bool]] = {"=": operator.eq, ">=": operator.ge, "<=": operator.le}
_MAX_SEARCH = 1024
_MOST_BITS = 256


@dataclass(frozen=True)
class Constraint:
    """`name relation expression`."""

    name: str
    relation: str
    body: ast.expr
    used: frozenset[str]  # by the expression

    @cached_property
    def names(self) -> frozenset[str]:
        return self.used | {self.name}

    def holds(self, sizes: Mapping[str, int]) -> bool:
        try:
            return _RELATIONS[self.relation](sizes[self.name], value(self.body, sizes))
        except ZeroDivisionError:
            return False

    @cached_property
    def divides(self) -> bool:
        return any(isinstance(node, ast.FloorDiv) for node in ast.walk(self.body))

    @cached_property
    def is_linear(self) -> bool:
        """Whether every name stands by itself or times a number."""
        products = [n for n in ast.walk(self.body) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Mult)]
        return not self.divides and not any(
            _has_name(product.left) and _has_name(product.right) for product in products
        )


def parse_constraint(text: object) -> Constraint:
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise QuestionError(f"the constraint `{text}` is not `name = expression`, `>=` or `<=`")
    try:
        with PARSING:
            body = ast.parse(match[3].strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise QuestionError(f"the constraint `{text}` does not parse") from None
    names = frozenset(node.id for node in ast.walk(body) if isinstance(node, ast.Name))
    _check(body, str(text))
    return Constraint(match[1], match[2], body, names)


def _has_name(node: ast.expr) -> bool:
    return any(isinstance(part, ast.Name) for part in ast.walk(node))


def _check(node: ast.expr, text: str) -> None:
    match node:
        case ast.Name() | ast.Constant(value=int()):
            return
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _check(operand, text)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            _check(left, text)
            _check(right, text)
        case _:
            raise QuestionError(f"the constraint `{text}` may use only integers, names, `+`, `-`, `*` and `//`")


def value(node: ast.expr, sizes: Mapping[str, int]) -> int:
    """The value of a constraint's right side."""
    match node:
        case ast.Name(id=name):
            return sizes[name]
        case ast.Constant(value=int() as number):
            return number
        case ast.UnaryOp(operand=operand):
            return -value(operand, sizes)
        case ast.BinOp(left=left, op=op, right=right):
            return _bounded(_OPERATORS[type(op)](value(left, sizes), value(right, sizes)))
    raise AssertionError(node)


def _bounded(number: int) -> int:
    if number.bit_length() > _MOST_BITS:
        raise TooLarge("a size that no tensor has")
    return number


def lowest(name: str, constraints: Iterable[Constraint]) -> int:
    """1, or 0 where a constraint allows it: `n >= 0`, or `N = 2*n` with `n >= 0`."""
    constraints = tuple(constraints)
    zero = {c.name for c in constraints if c.relation == ">=" and len(c.names) == 1 and value(c.body, {}) <= 0}
    inherited = any(c.relation == "=" and c.name == name and zero & (c.names - {name}) for c in constraints)
    return 0 if name in zero or inherited else 1


def satisfiable(constraints: Iterable[Constraint], sizes: Mapping[str, int], lows: Mapping[str, int]) -> bool:
    """Whether the names that `sizes` lacks can be chosen so that every constraint holds."""
    remaining = []
    for constraint in constraints:
        step()
        if not constraint.names <= sizes.keys():
            remaining.append(constraint)
        elif not constraint.holds(sizes):
            return False
    if not remaining:
        return True
    chosen = min(remaining, key=lambda c: (len(c.names - sizes.keys()), c.relation != "="))
    name = min(chosen.names - sizes.keys())
    return any(
        satisfiable(remaining, {**sizes, name: candidate}, lows) for candidate in _candidates(chosen, name, sizes, lows)
    )


def _candidates(constraint: Constraint, name: str, sizes: Mapping[str, int], lows: Mapping[str, int]) -> Iterable[int]:
    """Values of the one unknown of a constraint; solved where it is linear, else tried in order."""
    low = lows.get(name, 1)
    if len(constraint.names - sizes.keys()) == 1 and constraint.relation == "=":
        if constraint.name == name and name not in constraint.used:
            return [found for found in [value(constraint.body, sizes)] if found >= low]
        root = _linear_root(constraint, name, sizes)
        if root is not None:
            return [root] if root >= low else []
    top = max([*sizes.values(), 64])
    return range(low, min(top, _MAX_SEARCH) + 1)


def _linear_root(constraint: Constraint, name: str, sizes: Mapping[str, int]) -> int | None:
    """The only candidate of `H = 2*h`; None where the expression is not linear in the name."""
    if constraint.divides or constraint.name not in sizes:
        return None
    at = [value(constraint.body, {**sizes, name: point}) for point in (0, 1, 2)]
    slope = at[1] - at[0]
    if slope == 0 or at[2] - at[1] != slope:
        return None
    root, rest = divmod(sizes[constraint.name] - at[0], slope)
    return root if rest == 0 else -1
