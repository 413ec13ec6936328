"""Guards in a canonical form: those that hold for every index go, and so do products with one that never holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from einlint.dimensions import ONE, ZERO, Dim, Facts
from einlint.program.terms import Axis, Contract, Factor, Guard, Linear, Ratio


def settled(term: Linear, axes: Sequence[Axis], facts: Facts) -> Linear:
    """The term without the guards that the lengths of its axes decide; its elements stay as they are."""
    found = []
    for ratio, contract in term.parts:
        kept = _undecided(contract.factors, (*axes, *contract.axes), facts)
        if kept is not None:
            found.append((ratio, Contract(contract.axes, kept)))
    return Linear(tuple(found))


def _undecided(factors: tuple[Factor, ...], axes: Sequence[Axis], facts: Facts) -> tuple[Factor, ...] | None:
    kept = []
    for each in factors:
        if isinstance(each, Guard):
            if facts.at_least(_least(each.condition, axes, facts), 0):
                continue
            if facts.at_least(_least(-each.condition, axes, facts), 1):
                return None
        kept.append(each)
    return tuple(kept)


def _least(value: Dim, axes: Sequence[Axis], facts: Facts) -> Dim:
    """The value where each axis that it grows with is at its start, and each that it falls with at its end.

    An axis stays where other indices decide, or where it is inside a quotient or a power.
    """
    for axis in axes:
        slope = _slope(value, axis)
        if slope is not None and facts.at_least(slope, 0):
            value = value.subs({axis.name: ZERO})
        elif slope is not None and facts.at_least(-slope, 0):
            value = value.subs({axis.name: axis.size - 1})
    return value


def _slope(value: Dim, axis: Axis) -> Dim | None:
    """What the value gains with each step of an axis that it is linear in."""
    slope = value.subs({axis.name: axis.index + 1}) - value
    return None if axis.name in slope.symbols else slope


def once(factors: tuple[Factor, ...]) -> Iterator[Factor]:
    """The factors, each guard the first time only."""
    seen: set[Guard] = set()
    for each in factors:
        if not isinstance(each, Guard):
            yield each
        elif each not in seen:
            seen.add(each)
            yield each


def turned(contract: Contract) -> Linear | None:
    """A product with a guard that holds only beyond 0: the product without it, less the one with the opposite guard.

    None where no guard has a negative constant.
    """
    for at, each in enumerate(contract.factors):
        if isinstance(each, Guard) and each.condition.table.get((), 0) < 0:
            before, after = contract.factors[:at], contract.factors[at + 1 :]
            opposite = (*before, Guard(-each.condition - ONE), *after)
            parts = ((1, (*before, *after)), (-1, opposite))
            return Linear(tuple((Ratio(Fraction(sign)), Contract(contract.axes, kept)) for sign, kept in parts))
    return None
