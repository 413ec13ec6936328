"""Whether inferred shapes can be the real ones: some lengths for the symbols must give every real size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from math import isqrt
from typing import Any, NamedTuple

from einlint.dimensions import Dim, dim
from einlint.dimensions.dim import Monomial
from einlint.shapes.objects import LOOSE, is_loose

_MOST_STEPS = 400
AROUND = "around"
"""Begins the shape of a tensor of unknown rank of which some lengths are known."""


class Equation(NamedTuple):
    """A length as inferred, and the real one."""

    inferred: Dim
    real: int


class Differs(Exception):
    """The ranks, or the lengths of lists, differ."""


def agree(inferred: Iterable[Any], real: Iterable[Any]) -> bool | None:
    """Whether inferred shapes can be the real ones; None where the search for lengths had to be cut short.

    Divisions with a rest make the search endless; their quotients are then taken for any integer.
    """
    try:
        equations = [e for one, other in zip(inferred, real, strict=True) for e in _equations(one, other)]
    except (Differs, ValueError):
        return False
    return solvable(equations)


def _equations(inferred: Any, real: Any) -> Iterator[Equation]:
    if inferred is None or real is None:
        return
    if inferred[:1] == (AROUND,):
        yield from _around(inferred[1:], real)
        return
    inferred, real = tuple(inferred), tuple(real)
    lists = [shape[:1] == ("list",) for shape in (inferred, real)]
    if len(inferred) != len(real) or lists[0] != lists[1]:
        raise Differs
    for one, other in zip(inferred, real, strict=True):
        if one != "list":
            yield from _equations(one, other) if lists[0] else [Equation(one, other)]


def _around(inferred: Iterable[tuple[int, Dim]], real: Any) -> Iterator[Equation]:
    """Single lengths of a tensor of unknown rank. One that it lacks was asked for on a way that was not taken."""
    if real[:1] == ["list"]:
        raise Differs
    for at, length in inferred:
        if -len(real) <= at < len(real):
            yield Equation(length, real[at])


def solvable(equations: list[Equation]) -> bool | None:
    """Whether some lengths solve all equations."""
    loose = _Search()
    if not loose.solves([Equation(_relaxed(e.inferred), e.real) for e in equations]):
        return None if loose.is_cut else False
    search = _Search()
    return search.solves(equations) or search.is_cut


def _relaxed(inferred: Dim) -> Dim:
    """Quotients and remainders as any integers: what is unsolvable then is so without doubt."""
    terms: dict[Monomial, int] = {}
    for monomial, coefficient in inferred.terms:
        atoms: list[tuple[Any, int]] = [
            (a if isinstance(a, str) else f"{LOOSE}{hash(a)}", power) for a, power in monomial
        ]
        terms[tuple(sorted(atoms))] = coefficient
    return Dim.of(terms)


class _Search:
    """Tries one symbol after the other, the most constrained equation first."""

    def __init__(self) -> None:
        self.steps = 0
        self.is_cut = False

    def solves(self, equations: list[Equation]) -> bool:
        self.steps += 1
        self.is_cut |= self.steps > _MOST_STEPS
        if self.steps > _MOST_STEPS:
            return False
        unsolved = [e for e in equations if e.inferred.symbols]
        # a constant of None is a division by 0
        if any(e.inferred.constant != e.real for e in equations if not e.inferred.symbols):
            return False
        if not unsolved:
            return True
        equation = min(unsolved, key=lambda e: len(e.inferred.symbols))
        name = min(equation.inferred.symbols)
        for value in self._candidates(equation, name):
            with suppress(ArithmeticError):
                known = {name: dim(value)}
                if self.solves([Equation(e.inferred.subs(known), e.real) for e in unsolved]):
                    return True
        return False

    def _candidates(self, equation: Equation, name: str) -> Iterable[int]:
        """The numbers that a symbol of an equation may be."""
        inferred, real = equation
        loose = name.startswith(LOOSE)
        linear = _linear(inferred, name)
        if linear is not None:
            coefficient, rest = linear
            value, left = divmod(real - rest, coefficient)
            return [value] if left == 0 and (value >= 0 or loose) else []
        plain = all(isinstance(atom, str) for monomial in inferred.table for atom, _ in monomial)
        if plain and len(inferred.table) == 1 and real:
            small = [n for n in range(1, isqrt(abs(real)) + 1) if real % n == 0]
            divisors = sorted({*small, *(abs(real) // n for n in small)})
            return [*divisors, *(-n for n in divisors)] if loose else divisors
        if plain and all(c > 0 for c in inferred.table.values()) and not is_loose(inferred):
            return range(real, -1, -1)
        self.is_cut = True
        constants = re.findall(r"[0-9]+", re.sub(r"@[0-9]+", "", str(inferred)))
        bound = min((2 * abs(real) + 8) * max([1, *map(int, constants)]), _MOST_STEPS)
        return [*range(bound), *(range(-1, -bound, -1) if loose else ())]


def _linear(inferred: Dim, name: str) -> tuple[int, int] | None:
    """The coefficient and the rest of `c * name + r`."""
    table: Mapping[Any, int] = inferred.table
    coefficient = table.get(((name, 1),))
    if coefficient is None or not table.keys() <= {(), ((name, 1),)}:
        return None
    return coefficient, table.get((), 0)
