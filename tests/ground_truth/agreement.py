"""Whether inferred shapes can be the real ones: some lengths for the symbols must give every real size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from einlint.dimensions import Dim, dim
from einlint.shapes.objects import LOOSE

_MOST_STEPS = 20_000


class Equation(NamedTuple):
    """A length as inferred, and the real one."""

    inferred: Dim
    real: int


class Differs(Exception):
    """The ranks, or the lengths of lists, differ."""


def agree(inferred: Iterable[Any], real: Iterable[Any]) -> bool:
    """Whether inferred shapes can be the real ones. Undecided systems count as solvable."""
    try:
        equations = [e for one, other in zip(inferred, real, strict=True) for e in _equations(one, other)]
    except (Differs, ValueError):
        return False
    return solvable(equations)


def _equations(inferred: Any, real: Any) -> Iterator[Equation]:
    if inferred is None or real is None:
        return
    inferred, real = tuple(inferred), tuple(real)
    lists = [shape[:1] == ("list",) for shape in (inferred, real)]
    if len(inferred) != len(real) or lists[0] != lists[1]:
        raise Differs
    for one, other in zip(inferred, real, strict=True):
        if one == "list":
            continue
        yield from _equations(one, other) if lists[0] else [Equation(one, other)]


def solvable(equations: list[Equation]) -> bool:
    return _solved(equations, [_MOST_STEPS])


def _solved(equations: list[Equation], left: list[int]) -> bool:
    """Search one symbol after the other, the most constrained equation first."""
    left[0] -= 1
    if left[0] < 0:
        return True
    open_equations = []
    for inferred, real in equations:
        if inferred.constant is None:
            open_equations.append(Equation(inferred, real))
        elif inferred.constant != real:
            return False
    if not open_equations:
        return True
    equation = min(open_equations, key=lambda e: len(e.inferred.symbols))
    name = min(equation.inferred.symbols)
    for value in _candidates(equation, name):
        if _solved([Equation(_with(e.inferred, name, value), e.real) for e in open_equations], left):
            return True
    return False


def _with(inferred: Dim, name: str, value: int) -> Dim:
    try:
        return inferred.subs({name: dim(value)})
    except ArithmeticError:
        return inferred


def _candidates(equation: Equation, name: str) -> Iterable[int]:
    """The numbers that a symbol of an equation may be, those first that solve it at once."""
    inferred, real = equation
    linear = _linear(inferred, name)
    if linear is not None:
        coefficient, rest = linear
        value, left = divmod(real - rest, coefficient)
        return [value] if left == 0 and (value >= 0 or name.startswith(LOOSE)) else []
    bound = 2 * abs(real) + 8
    return [*range(bound), *(range(-1, -bound, -1) if name.startswith(LOOSE) else ())]


def _linear(inferred: Dim, name: str) -> tuple[int, int] | None:
    """The coefficient and the rest of `c * name + r`."""
    table: Mapping[Any, int] = inferred.table
    coefficient = table.get(((name, 1),))
    if coefficient is None or not table.keys() <= {(), ((name, 1),)}:
        return None
    return coefficient, table.get((), 0)
