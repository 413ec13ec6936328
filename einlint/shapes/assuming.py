"""Questions about sizes while code is read: what must hold for the code to run is learned.

An operation is run once for each combination of answers that the facts leave open. Where it
succeeds for one combination only, the answers are facts from then on; where it succeeds for none,
the code contradicts itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import gcd
from typing import Any, NamedTuple

from einlint.dimensions import ONE, Dim, Facts, dim
from einlint.program.deciding import Decider, Query, Undecided, Undefined, require, use_decider
from einlint.program.terms import Unprovable
from einlint.shapes.objects import is_loose, size

_MOST_RUNS = 8
_NOT_DESCRIBED = (TypeError, AttributeError, LookupError, ValueError, ArithmeticError)
_FACTS = Facts()


class Assuming(Decider):
    """Answers what the facts decide and remembers the answers it was given for the rest."""

    by_shape = True

    def __init__(self, answers: Mapping[Query, bool]) -> None:
        super().__init__(_FACTS)
        self.answers: dict[Query, bool] = dict(answers)

    def equal(self, one: Dim, other: Dim) -> bool:
        if one == other:
            return True
        if unlike(one, other):
            return False
        return self.ask(Query("equal", *sorted((one, other), key=lambda d: d.key)))

    def at_least(self, one: Dim, other: Dim) -> bool:
        difference = one - other
        if difference.constant is not None:
            return difference.constant >= 0
        if not is_loose(difference):
            if self.facts.at_least(difference, 0):
                return True
            if is_positive(-difference):
                return False
        return self.ask(Query("at_least", one, other))

    def must(self, kind: str, one: Dim, other: Dim, reason: str) -> None:
        """What must hold is learned, not asked: nothing comes of the other answer."""
        try:
            super().must(kind, one, other, reason)
        except Undecided as undecided:
            self.answers[undecided.query] = True

    def common(self, sizes: Any) -> Dim:
        """Lengths that may be equal or 1 broadcast to a length that is not known."""
        wide, unsure = ONE, False
        for one in dict.fromkeys(sizes):
            if one == ONE:
                continue
            if wide is ONE:
                wide = one
            elif (
                one.constant is not None
                and wide.constant is not None
                or unlike(one, wide)
                and unlike(one, ONE)
                and unlike(wide, ONE)
            ):
                require(False, "sizes do not broadcast")
            elif one.constant is not None:
                wide, unsure = one, False
            elif wide.constant is None:
                unsure = True
        return size("") if unsure else wide

    def admit(self, reason: str) -> None:
        """A description by shape is enough."""


def unlike(one: Dim, other: Dim) -> bool:
    """Whether two lengths differ whatever their symbols are: two symbols need not."""
    return (one.name is None or other.name is None) and differs(one - other)


def differs(difference: Dim) -> bool:
    """Whether a difference of lengths is not 0, for all lengths: 0 is one."""
    if difference.constant is not None:
        return difference.constant != 0
    if is_loose(difference):
        return _content(difference)
    return is_positive(difference) or is_positive(-difference) or _content(difference)


def is_positive(value: Dim) -> bool:
    """Whether a polynomial of lengths is above 0, also where lengths are 0."""
    plain = all(isinstance(atom, str) for monomial, _ in value.terms for atom, _ in monomial)
    return plain and value.table.get((), 0) > 0 and all(c > 0 for _, c in value.terms)


def _content(difference: Dim) -> bool:
    """Whether no integers make it 0: all coefficients but that of 1 share a factor which that one lacks."""
    rest = difference.table.get((), 0)
    common = gcd(*(c for m, c in difference.terms if m))
    return common > 1 and rest % common != 0


class Outcome(NamedTuple):
    """What an operation gave for all answers: its results, what was refused, and what was asked and must hold."""

    results: list[Any]
    refused: list[Undefined]
    learned: list[Query]


def explore(operation: Callable[[], Any]) -> Outcome | None:
    """Run an operation for every combination of open answers; None when there are too many, or none is described."""
    results: list[Any] = []
    refused: list[Undefined] = []
    held: list[dict[Query, bool]] = []
    waiting: list[dict[Query, bool]] = [{}]
    runs = 0
    while waiting:
        answers = waiting.pop()
        runs += 1
        if runs > _MOST_RUNS:
            return None
        assuming = Assuming(answers)
        use_decider(assuming)
        try:
            results.append(operation())
            held.append(assuming.answers)
        except Undecided as undecided:
            waiting += [{**assuming.answers, undecided.query: truth} for truth in (False, True)]
        except Undefined as undefined:
            undefined.__traceback__ = undefined.__context__ = None  # they hold all that was there when it was raised
            refused.append(undefined)
        except (Unprovable, *_NOT_DESCRIBED):
            return None
        finally:
            use_decider(None)
    answers = held[0] if held else {}
    return Outcome(results, refused, [query for query in answers if all(each.get(query) for each in held)])


def learned(query: Query, sizes: Mapping[str, Dim]) -> tuple[str, Dim] | None:
    """The symbol that a question answered by yes determines, and the length it is."""
    one, other = query.one.subs(sizes), query.other.subs(sizes)
    if query.kind == "equal":
        return _solved(one, other)
    if query.kind == "divides":
        return _multiple(other, one)
    return None


def _solved(one: Dim, other: Dim) -> tuple[str, Dim] | None:
    """One bare symbol in terms of the rest of an equation."""
    for a, b in ((one, other), (other, one)):
        name = a.name
        if name is not None and name not in b.symbols and (b.constant is not None or a.key > b.key or b.name is None):
            return name, b
    return _linear(one - other)


def _linear(difference: Dim) -> tuple[str, Dim] | None:
    """`3*n - 12 = 0` says that n is 4."""
    rest = difference.table.get((), 0)
    terms = [(m, c) for m, c in difference.terms if m]
    if len(terms) != 1 or len(terms[0][0]) != 1 or terms[0][0][0][1] != 1:
        return None
    (atom, _), coefficient = terms[0][0][0], terms[0][1]
    return (atom, dim(-rest // coefficient)) if isinstance(atom, str) and rest % coefficient == 0 else None


def _multiple(value: Dim, divisor: Dim) -> tuple[str, Dim] | None:
    """A length that must be divisible is a multiple."""
    name = value.name
    if name is None and divisor.constant and len(value.terms) == 1:
        ((monomial, coefficient),) = value.terms
        if len(monomial) == 1 and monomial[0][1] == 1 and gcd(coefficient, divisor.constant) == 1:
            name = monomial[0][0] if isinstance(monomial[0][0], str) else None
    if name is None or name in divisor.symbols:
        return None
    return name, divisor * size("")
