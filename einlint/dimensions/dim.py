"""One canonical form for a symbolic length: a polynomial with integer coefficients.

Atoms are symbols and, where a division is not exact, the floor of a quotient and the remainder.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import field
from functools import lru_cache, reduce
from itertools import product as cartesian
from operator import mul

from einlint.dimensions.steps import TooLarge, step
from einlint.lazily import cached, dataclass

Atom = "str | Quotient | Remainder"
INDEX = "#"
"""Names of indices begin with it: an index starts at 0, where a length is at least 1 unless stated."""
_MOST_REMEMBERED = 1 << 13
_MOST_PRODUCTS, _MOST_DEGREE, _MOST_BITS, _MOST_ATOMS = 4096, 1024, 4096, 512
Monomial = tuple[tuple["str | Quotient | Remainder", int], ...]
Terms = frozenset[tuple[Monomial, int]]
"""What a polynomial is, and what results are remembered by: their hashes are kept, and cost no call."""


@dataclass(frozen=True)
class Dim:
    """A polynomial: the coefficient of each monomial, a monomial being sorted (atom, power) pairs."""

    terms: Terms

    @staticmethod
    def of(terms: Mapping[Monomial, int]) -> Dim:
        return Dim(frozenset([(m, c) for m, c in terms.items() if c]))

    @cached
    def table(self) -> dict[Monomial, int]:
        return dict(self.terms)

    @cached
    def constant(self) -> int | None:
        """The value when no atom is left, else None."""
        if len(self.terms) != 1:
            return None if self.terms else 0
        ((monomial, coefficient),) = self.terms
        return None if monomial else coefficient

    @cached
    def name(self) -> str | None:
        """The symbol that it is, when it is one and nothing else."""
        if len(self.terms) != 1:
            return None
        ((monomial, coefficient),) = self.terms
        if coefficient != 1 or len(monomial) != 1 or monomial[0][1] != 1:
            return None
        return monomial[0][0] if isinstance(monomial[0][0], str) else None

    @cached
    def symbols(self) -> frozenset[str]:
        """Every symbol, also inside quotients and remainders."""
        found: set[str] = set()
        for monomial, _ in self.terms:
            for atom, _ in monomial:
                found |= {atom} if isinstance(atom, str) else atom.numerator.symbols | atom.denominator.symbols
        return frozenset(found)

    @cached
    def weight(self) -> int:
        """How many atoms are written, also inside quotients and remainders."""
        return sum(_weight(atom) for monomial, _ in self.terms for atom, _ in monomial)

    @cached
    def key(self) -> tuple[tuple[tuple[tuple[str, int], ...], int], ...]:
        """A sortable form: equal for equal polynomials."""
        return tuple(sorted([(tuple([(_text(a), p) for a, p in m]), c) for m, c in self.terms]))

    @cached
    def form(self) -> tuple[Hashable, tuple[str, ...]]:
        """The polynomial with numbers for its symbols, and the symbols by their numbers."""
        numbers: dict[str, int] = {}
        return _numbered(self, numbers), tuple(numbers)

    def __hash__(self) -> int:
        return hash(self.terms)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Dim) and self.terms == other.terms)

    def __add__(self, other: Dim | int) -> Dim:
        if other.__class__ is not Dim:
            other = dim(other)
        if not other.terms or not self.terms:
            return self if self.terms else other
        return _sum(self.terms, other.terms)

    __radd__ = __add__

    def __neg__(self) -> Dim:
        return Dim(frozenset((m, -c) for m, c in self.terms))

    def __sub__(self, other: Dim | int) -> Dim:
        return _difference(self.terms, dim(other).terms)

    def __rsub__(self, other: Dim | int) -> Dim:
        return dim(other) - self

    def __mul__(self, other: Dim | int) -> Dim:
        if other.__class__ is not Dim:
            other = dim(other)
        if self is ONE or other is ONE:
            return other if self is ONE else self
        return _product(self.terms, other.terms)

    __rmul__ = __mul__

    def __pow__(self, power: int) -> Dim:
        if power == 1:
            return self
        degree = max((sum(p for _, p in m) for m, _ in self.terms), default=0)
        bits = max((c.bit_length() for _, c in self.terms), default=0)
        if power * degree > _MOST_DEGREE or power * bits > _MOST_BITS:
            raise TooLarge(f"a power of {power}")
        return reduce(mul, [self] * power, ONE)

    def __floordiv__(self, other: Dim | int) -> Dim:
        return _quotient(self.terms, dim(other).terms)

    def __mod__(self, other: Dim | int) -> Dim:
        return _remainder(self.terms, dim(other).terms)

    def exact(self, divisor: Dim) -> Dim | None:
        """The quotient when the division leaves nothing for any size, else None."""
        if not divisor.terms:
            return None
        whole, rest = _divided(self.terms, divisor.terms)
        return whole if not rest.terms else None

    def subs(self, values: Mapping[str, Dim]) -> Dim:
        """The polynomial with symbols replaced."""
        if self.symbols.isdisjoint(values):
            return self
        if self.name is not None:
            return values[self.name]
        return _replaced(self.terms, tuple([(name, values[name].terms) for name in self.symbols if name in values]))

    def value(self, sizes: Mapping[str, int]) -> int:
        """The number for given sizes. Raises KeyError for a missing one, ZeroDivisionError for x // 0."""
        step(len(self.terms))
        return sum(c * reduce(mul, (_value(a, sizes) ** p for a, p in m), 1) for m, c in self.terms)

    def __str__(self) -> str:
        return self.text

    @cached
    def text(self) -> str:
        """How it is written: equal for equal polynomials."""
        if not self.terms or self.name is not None:
            return self.name or "0"
        parts = sorted(
            (("*".join(_text(a) if p == 1 else f"{_text(a)}**{p}" for a, p in m), c) for m, c in self.terms),
            reverse=True,
        )
        return " + ".join(t if c == 1 and t else str(c) if not t else f"{c}*{t}" for t, c in parts).replace("+ -", "- ")


@dataclass(frozen=True)
class Quotient:
    """`numerator // denominator` where it is not exact."""

    numerator: Dim
    denominator: Dim

    @cached
    def text(self) -> str:
        return f"({self.numerator})//({self.denominator})"


@dataclass(frozen=True)
class Remainder:
    """`numerator % denominator` where it is not constant."""

    numerator: Dim
    denominator: Dim

    @cached
    def text(self) -> str:
        return f"({self.numerator})%({self.denominator})"


@dataclass(frozen=True)
class Facts:
    """What is known of symbols: the least value of each, where it is not stated 1 for a length and 0 for an index."""

    least: Mapping[str, int] = field(default_factory=dict)

    def least_of(self, name: str) -> int:
        """The least value of a symbol."""
        return self.least.get(name, 0 if name.startswith(INDEX) else 1)

    def minimum(self, value: Dim) -> int | None:
        """A lower bound that holds for all sizes, None when none is seen."""
        shifted = value.subs({s: symbol(s) + self.least_of(s) for s in value.symbols})
        if any(m and (c < 0 or any(not isinstance(a, str) for a, _ in m)) for m, c in shifted.terms):
            return None
        return shifted.table.get((), 0)

    def at_least(self, value: Dim, bound: int) -> bool:
        """Whether `value >= bound` holds for all sizes."""
        least = self.minimum(value)
        if least is None:
            bound, least = 0, self.minimum(_without_quotients(value - bound))
        return least is not None and least >= bound


def _without_quotients(value: Dim) -> Dim:
    """A polynomial that is below 0 where this one is, its quotients by numbers replaced by their bounds."""
    for monomial, c in value.terms:
        atom, power = monomial[0] if len(monomial) == 1 else ("", 0)
        if power == 1 and isinstance(atom, Quotient) and (atom.denominator.constant or 0) > 0:
            rest = value - Dim.of({monomial: c})
            least = atom.numerator if c < 0 else atom.numerator - atom.denominator + 1
            return _without_quotients(rest * atom.denominator + least * c)
    return value


def symbol(name: str) -> Dim:
    """The length called `name`."""
    made = _atom(name)
    made.name, made.constant, made.symbols = name, None, frozenset((name,))
    return made


def dim(value: Dim | int) -> Dim:
    """An integer as a polynomial. Raises TypeError for anything else, truth values included."""
    if value.__class__ is Dim:
        return value
    if type(value) is not int:
        raise TypeError(f"{value!r} is not an integer")
    return _constant(value)


@lru_cache(_MOST_REMEMBERED)
def _constant(value: int) -> Dim:
    return Dim.of({(): value})


ZERO = _constant(0)
ONE = dim(1)


def product(values: Iterable[Dim]) -> Dim:
    """The product of lengths."""
    result = ONE
    for value in values:
        result = result * value
    return result


def _atom(atom: str | Quotient | Remainder) -> Dim:
    if not isinstance(atom, str) and _weight(atom) > _MOST_ATOMS:
        raise TooLarge("a division inside many divisions")
    return Dim(frozenset([(((atom, 1),), 1)]))


@lru_cache(_MOST_REMEMBERED)
def _sum(one: Terms, other: Terms) -> Dim:
    total = dict(one)
    for monomial, coefficient in other:
        total[monomial] = total.get(monomial, 0) + coefficient
    return Dim.of(total)


@lru_cache(_MOST_REMEMBERED)
def _difference(one: Terms, other: Terms) -> Dim:
    total = dict(one)
    for monomial, coefficient in other:
        total[monomial] = total.get(monomial, 0) - coefficient
    return Dim.of(total)


@lru_cache(_MOST_REMEMBERED)
def _product(one: Terms, other: Terms) -> Dim:
    total: dict[Monomial, int] = {}
    products = len(one) * len(other)
    if products > _MOST_PRODUCTS:
        raise TooLarge("a polynomial with very many terms")
    step(products)
    for (m, c), (n, d) in cartesian(one, other):
        joined = _times(m, n)
        total[joined] = total.get(joined, 0) + c * d
    if any(c.bit_length() > _MOST_BITS for c in total.values()):
        raise TooLarge("a polynomial with a very large coefficient")
    return Dim.of(total)


def _times(one: Monomial, other: Monomial) -> Monomial:
    if not one or not other:
        return one or other
    powers = dict(one)
    for atom, power in other:
        powers[atom] = powers.get(atom, 0) + power
    return tuple(sorted(powers.items(), key=lambda item: _text(item[0])))


@lru_cache(_MOST_REMEMBERED)
def _quotient(value: Terms, divisor: Terms) -> Dim:
    whole, rest = _divided(value, divisor)
    if rest.constant == 0:
        return whole
    other = Dim(divisor)
    a, b = rest.constant, other.constant
    if a is not None and b:
        return whole + a // b
    return whole + _atom(Quotient(rest, other))


@lru_cache(_MOST_REMEMBERED)
def _remainder(value: Terms, divisor: Terms) -> Dim:
    _, rest = _divided(value, divisor)
    other = Dim(divisor)
    a, b = rest.constant, other.constant
    if a is not None and (b or a == 0):
        return dim(a % b if b else 0)
    return _atom(Remainder(rest, other))


@lru_cache(_MOST_REMEMBERED)
def _divided(value: Terms, divisor: Terms) -> tuple[Dim, Dim]:
    """Quotient and remainder of polynomial division by the leading term, over the integers."""
    if not divisor:
        return ZERO, Dim(value)
    if divisor == ONE.terms or value == divisor:
        return (ONE, ZERO) if value == divisor else (Dim(value), ZERO)
    if len(divisor) == 1:
        return _shared(value, *next(iter(divisor)))
    lead, lead_coefficient = max(divisor, key=_order_of_term)
    whole, rest, left, by = ZERO, ZERO, Dim(value), Dim(divisor)
    while left.terms:
        step(len(left.terms))
        monomial, coefficient = max(left.terms, key=_order_of_term)
        head = Dim.of({monomial: coefficient})
        fraction = _without(monomial, lead)
        share = coefficient // lead_coefficient
        if fraction is None or share == 0:
            rest, left = rest + head, left - head
            continue
        part = Dim.of({fraction: share})
        whole = whole + part
        leftover = coefficient - share * lead_coefficient
        rest = rest + Dim.of({monomial: leftover})
        left = left - part * by - Dim.of({monomial: leftover})
    return whole, rest


def _shared(value: Terms, lead: Monomial, lead_coefficient: int) -> tuple[Dim, Dim]:
    """Quotient and remainder of the division by one term: each term for itself."""
    step(len(value))
    whole: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    for monomial, coefficient in value:
        fraction = _without(monomial, lead)
        share = 0 if fraction is None else coefficient // lead_coefficient
        rest[monomial] = coefficient - share * lead_coefficient
        if fraction is not None:
            whole[fraction] = share
    return Dim.of(whole), Dim.of(rest)


def _order_of_term(term: tuple[Monomial, int]) -> tuple[int, list[tuple[str, int]]]:
    return _order(term[0])


def _order(monomial: Monomial) -> tuple[int, list[tuple[str, int]]]:
    return sum(power for _, power in monomial), [(_text(atom), power) for atom, power in monomial]


def _without(monomial: Monomial, factor: Monomial) -> Monomial | None:
    powers = dict(monomial)
    for atom, power in factor:
        left = powers.get(atom, 0) - power
        if left < 0:
            return None
        powers[atom] = left
    return tuple((a, p) for a, p in powers.items() if p)


def _numbered(value: Dim, numbers: dict[str, int]) -> Hashable:
    terms = sorted(value.terms, key=_order_of_term) if len(value.terms) > 1 else value.terms
    return tuple([(tuple([(_number(a, numbers), p) for a, p in m]), c) for m, c in terms])


def _number(atom: str | Quotient | Remainder, numbers: dict[str, int]) -> Hashable:
    if isinstance(atom, str):
        return numbers.setdefault(atom, len(numbers))
    return atom.__class__, _numbered(atom.numerator, numbers), _numbered(atom.denominator, numbers)


def _weight(atom: str | Quotient | Remainder) -> int:
    return 1 if isinstance(atom, str) else 1 + atom.numerator.weight + atom.denominator.weight


def _text(atom: str | Quotient | Remainder) -> str:
    return atom if isinstance(atom, str) else atom.text


@lru_cache(_MOST_REMEMBERED)
def _replaced(value: Terms, pairs: tuple[tuple[str, Terms], ...]) -> Dim:
    values, total = {name: Dim(terms) for name, terms in pairs}, ZERO
    for monomial, coefficient in value:
        part = dim(coefficient)
        for atom, power in monomial:
            part = part * _replaced_atom(atom, values) ** power
        total = total + part
    return total


def _replaced_atom(atom: str | Quotient | Remainder, values: Mapping[str, Dim]) -> Dim:
    if isinstance(atom, str):
        return values.get(atom) or symbol(atom)
    numerator, denominator = atom.numerator.subs(values), atom.denominator.subs(values)
    return numerator // denominator if isinstance(atom, Quotient) else numerator % denominator


def _value(atom: str | Quotient | Remainder, sizes: Mapping[str, int]) -> int:
    if isinstance(atom, str):
        return sizes[atom]
    numerator, denominator = atom.numerator.value(sizes), atom.denominator.value(sizes)
    return numerator // denominator if isinstance(atom, Quotient) else numerator % denominator
