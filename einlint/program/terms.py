"""Terms of the index program: what one element of a tensor is, given indices.

An index is a polynomial (`Dim`) whose symbols are sizes and axes; an axis is a symbol that runs
from 0 to its size. Elements are sums with coefficients rational in the sizes (`Linear`) of
products (`Contract`) of factors, summed over bound axes. Terms are immutable values.

Arithmetic is that of the reals: it is claimed for float64 operands of bounded size only, and a
cancellation between factors that may be infinite or nan is refused (`Unprovable`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from fractions import Fraction
from itertools import count
from typing import Literal

from einlint.dimensions import INDEX, ONE, ZERO, Dim, dim, symbol
from einlint.dimensions.steps import step
from einlint.lazily import cached, dataclass

_MOST_MONOMIALS = 64
_MOST_FACTORS = 12
_SMALLEST, _LARGEST = 1e-9, 1e9
_numbers = count()


class Unprovable(Exception):
    """The index program cannot say: a size decides, a factorisation is not aligned, a form grows too large."""


@dataclass(frozen=True)
class Axis:
    """An index symbol and how far it runs. Axes are made by `new_axis` and never shared by accident.

    `lineage` says which axes it was made from; it does not take part in comparisons.
    """

    name: str
    size: Dim
    lineage: Lineage | None = field(default=None, compare=False, repr=False)

    @cached
    def index(self) -> Dim:
        return symbol(self.name)


@dataclass(frozen=True)
class Lineage:
    """How an axis was made from others, so that provenance can be read off a tensor.

    `part`: a digit of one axis, index i standing for `i * step`. `piece`: of one axis from `start` on, index i standing
    for `start + i * step`. `whole`: several axes in one, most significant first. `copy`: of nothing, every index gives
    the same.
    """

    kind: Literal["part", "piece", "whole", "copy"]
    axes: tuple[Axis, ...] = ()
    start: Dim = ZERO
    step: Dim = ONE


COPY = Lineage("copy")


def new_axis(size: Dim, lineage: Lineage | None = None) -> Axis:
    """A fresh axis."""
    return Axis(f"{INDEX}{next(_numbers)}", size, lineage)


@dataclass(frozen=True)
class Ratio:
    """A coefficient: a rational number times a quotient of sizes."""

    number: Fraction
    numerator: Dim = ONE
    denominator: Dim = ONE

    def __mul__(self, other: Ratio) -> Ratio:
        number = self.number * other.number
        return Ratio(number, self.numerator * other.numerator, self.denominator * other.denominator).reduced

    def __add__(self, other: Ratio) -> Ratio:
        if self.denominator == other.denominator:
            a, b = self.number, other.number
            scale = a.denominator * b.denominator
            total = self.numerator * (a.numerator * b.denominator) + other.numerator * (b.numerator * a.denominator)
            return Ratio(Fraction(1, scale), total, self.denominator).reduced
        left = Ratio(self.number, self.numerator * other.denominator, self.denominator * other.denominator)
        right = Ratio(other.number, other.numerator * self.denominator, left.denominator)
        return left + right

    @cached
    def reduced(self) -> Ratio:
        """The same number with exact divisions carried out and integers moved into `number`."""
        number, numerator, denominator = self.number, self.numerator, self.denominator
        if not number or not numerator.terms:
            return Ratio(Fraction(0), ZERO)
        if numerator == ONE == denominator:
            return self
        top, bottom = numerator.exact(denominator), denominator.exact(numerator)
        if top is not None:
            numerator, denominator = top, ONE
        elif bottom is not None:
            numerator, denominator = ONE, bottom
        for monomial in _common(numerator, denominator):
            numerator, denominator = numerator.exact(monomial) or numerator, denominator.exact(monomial) or denominator
        n, numerator = _content(numerator)
        d, denominator = _content(denominator)
        return Ratio(number * n / d, numerator, denominator)

    @property
    def is_zero(self) -> bool:
        return not self.number or not self.numerator.terms

    def subs(self, values: Mapping[str, Dim]) -> Ratio:
        return Ratio(self.number, self.numerator.subs(values), self.denominator.subs(values)).reduced


def _content(value: Dim) -> tuple[int, Dim]:
    """The largest integer factor, with the sign of the first term, and the rest."""
    from math import gcd

    common = gcd(*(c for _, c in value.terms)) or 1
    if value.key[0][1] < 0:
        common = -common
    if common == 1:
        return common, value
    return common, value.exact(dim(common)) or value


def _common(numerator: Dim, denominator: Dim) -> Iterator[Dim]:
    """Symbols that divide both."""
    for name in sorted(numerator.symbols & denominator.symbols):
        factor = symbol(name)
        while numerator.exact(factor) is not None and denominator.exact(factor) is not None:
            yield factor
            numerator, denominator = numerator.exact(factor) or ONE, denominator.exact(factor) or ONE


@dataclass(frozen=True)
class Read:
    """An element of an input. `origin` names the input."""

    origin: str
    index: tuple[Dim, ...]


@dataclass(frozen=True)
class Size:
    """A length as a number."""

    value: Dim


@dataclass(frozen=True)
class Map:
    """A function of numbers; `options` are its further arguments, as text."""

    function: str
    arguments: tuple[Linear, ...]
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fold:
    """max, min, prod, any or all over axes; the order does not matter."""

    function: str
    axes: tuple[Axis, ...]
    body: Linear


@dataclass(frozen=True)
class Along:
    """A function along axes (softmax, cumsum, sort): `body` over `axes`, the result read at `index`.

    `ordered` says whether the order of the elements matters.
    """

    function: str
    axes: tuple[Axis, ...]
    body: Linear
    index: tuple[Dim, ...]
    options: tuple[str, ...] = ()
    ordered: bool = False


@dataclass(frozen=True)
class Select:
    """One of several terms, by an index that runs over them."""

    index: Dim
    cases: tuple[Linear, ...]


@dataclass(frozen=True)
class Guard:
    """1 where an index expression is not negative, else 0."""

    condition: Dim


Factor = Read | Size | Map | Fold | Along | Select | Guard


@dataclass(frozen=True)
class Contract:
    """A product of factors summed over axes."""

    axes: tuple[Axis, ...]
    factors: tuple[Factor, ...]


@dataclass(frozen=True)
class Linear:
    """A sum of products with coefficients."""

    parts: tuple[tuple[Ratio, Contract], ...]

    @cached
    def symbols(self) -> frozenset[str]:
        """Symbols of indices and sizes that occur free."""
        return frozenset().union(
            *(_contract_symbols(c) | r.numerator.symbols | r.denominator.symbols for r, c in self.parts)
        )

    @property
    def only(self) -> Factor | None:
        """The factor that the term is, when it is a single one with coefficient 1."""
        if len(self.parts) == 1:
            ratio, contract = self.parts[0]
            if len(contract.factors) == 1 and not contract.axes and ratio == Ratio(Fraction(1)):
                return contract.factors[0]
        return None


def factor(value: Factor) -> Linear:
    """A single factor as a term."""
    return Linear(((Ratio(Fraction(1)), Contract((), (value,))),))


def number(value: Fraction | float) -> Linear:
    """A number as a term. Raises Unprovable for inf and nan."""
    if value and math.isfinite(value) and not _SMALLEST <= abs(float(value)) <= _LARGEST:
        raise Unprovable(f"the constant {value} is too large or too small for arithmetic that is nearly exact")
    try:
        exact = Fraction(value)
    except (ValueError, OverflowError) as error:
        raise Unprovable("a constant is not finite") from error
    return Linear(((Ratio(exact), Contract((), ())),)) if exact else Linear(())


def length(value: Dim) -> Linear:
    """A size as a term."""
    return Linear(((Ratio(Fraction(1), value).reduced, Contract((), ())),)) if value.terms else Linear(())


def add(one: Linear, other: Linear) -> Linear:
    return _bounded(one.parts + other.parts)


def scale(term: Linear, ratio: Ratio) -> Linear:
    if ratio.is_zero and not is_finite_term(term):
        raise Unprovable("zero times a value that may not be finite")
    return Linear(()) if ratio.is_zero else Linear(tuple((r * ratio, c) for r, c in term.parts))


def multiply(one: Linear, other: Linear) -> Linear:
    """The product, expanded."""
    for a, b in ((one, other), (other, one)):
        if not a.parts and not is_finite_term(b):
            raise Unprovable("zero times a value that may not be finite")
        if not is_finite_term(b) and (len(a.parts) > 1 or a.parts[0][1].axes):
            # inf * (a + b) is not inf * a + inf * b
            return factor(Map("mul", (one, other)))
    return _bounded(tuple((r * s, _joined(c, d)) for r, c in one.parts for s, d in other.parts))


def total(term: Linear, axes: Iterable[Axis]) -> Linear:
    """The sum over axes; an axis that does not occur multiplies by its size."""
    axes = tuple(axes)
    if not is_finite_term(term):
        units = {axis.name: ZERO for axis in axes if axis.size == ONE}
        bound = tuple(axis for axis in axes if axis.size != ONE)
        return factor(Fold("sum", bound, subs(term, units))) if bound else subs(term, units)
    return Linear(tuple(_summed(ratio, contract, axes) for ratio, contract in term.parts))


def _summed(ratio: Ratio, contract: Contract, axes: tuple[Axis, ...]) -> tuple[Ratio, Contract]:
    units = {axis.name: ZERO for axis in axes if axis.size == ONE}
    if units:
        contract, axes = subs_contract(contract, units), tuple(a for a in axes if a.name not in units)
    symbols = _contract_symbols(contract)
    bound = []
    for axis in axes:
        if axis.name in symbols:
            bound.append(axis)
        else:
            ratio = ratio * Ratio(Fraction(1), axis.size)
    return ratio, Contract(contract.axes + tuple(bound), contract.factors)


def _joined(one: Contract, other: Contract) -> Contract:
    shared = {axis.name for axis in one.axes} & {axis.name for axis in other.axes}
    if shared:
        other = renamed(other)
    if len(one.factors) + len(other.factors) > _MOST_FACTORS:
        raise Unprovable(f"a product of more than {_MOST_FACTORS} factors may overflow")
    return Contract(one.axes + other.axes, one.factors + other.factors)


def renamed(contract: Contract) -> Contract:
    """The same contraction over fresh axes."""
    fresh = {axis.name: new_axis(axis.size) for axis in contract.axes}
    values = {name: axis.index for name, axis in fresh.items()}
    return Contract(tuple(fresh.values()), tuple(subs_factor(f, values) for f in contract.factors))


def _bounded(parts: tuple[tuple[Ratio, Contract], ...]) -> Linear:
    if len(parts) > _MOST_MONOMIALS:
        raise Unprovable(f"the expanded form has {len(parts)} products, more than {_MOST_MONOMIALS}")
    return Linear(parts)


def subs(term: Linear, values: Mapping[str, Dim]) -> Linear:
    """The term with index or size symbols replaced."""
    if term.symbols.isdisjoint(values):
        return term
    return Linear(tuple((r.subs(values), subs_contract(c, values)) for r, c in term.parts))


def subs_contract(contract: Contract, values: Mapping[str, Dim]) -> Contract:
    axes = tuple(Axis(a.name, a.size.subs(values), a.lineage) for a in contract.axes)
    return Contract(axes, tuple(subs_factor(f, values) for f in contract.factors))


def subs_factor(value: Factor, values: Mapping[str, Dim]) -> Factor:
    """The factor with symbols replaced; bound axes keep their names."""
    step()
    if isinstance(value, Read):
        return Read(value.origin, tuple(i.subs(values) for i in value.index))
    if isinstance(value, Size):
        return Size(value.value.subs(values))
    if isinstance(value, Map):
        return Map(value.function, tuple(subs(a, values) for a in value.arguments), value.options)
    if isinstance(value, Fold):
        return Fold(value.function, _sizes(value.axes, values), subs(value.body, values))
    if isinstance(value, Along):
        index = tuple(i.subs(values) for i in value.index)
        body = subs(value.body, values)
        return Along(value.function, _sizes(value.axes, values), body, index, value.options, value.ordered)
    if isinstance(value, Select):
        return Select(value.index.subs(values), tuple(subs(c, values) for c in value.cases))
    return Guard(value.condition.subs(values))


def _sizes(axes: tuple[Axis, ...], values: Mapping[str, Dim]) -> tuple[Axis, ...]:
    return tuple(Axis(a.name, a.size.subs(values), a.lineage) for a in axes)


def factor_symbols(value: Factor) -> frozenset[str]:
    """Free symbols of a factor."""
    step()
    if isinstance(value, Read):
        return frozenset().union(*(i.symbols for i in value.index))
    if isinstance(value, Size):
        return value.value.symbols
    if isinstance(value, Map):
        return frozenset().union(*(a.symbols for a in value.arguments))
    if isinstance(value, Fold):
        return _bound(value.axes, value.body.symbols)
    if isinstance(value, Along):
        return _bound(value.axes, value.body.symbols).union(*(i.symbols for i in value.index))
    if isinstance(value, Select):
        return value.index.symbols.union(*(c.symbols for c in value.cases))
    return value.condition.symbols


def _bound(axes: tuple[Axis, ...], symbols: frozenset[str]) -> frozenset[str]:
    return (symbols - {a.name for a in axes}).union(*(a.size.symbols for a in axes))


def _contract_symbols(contract: Contract) -> frozenset[str]:
    inside: frozenset[str] = frozenset().union(*(factor_symbols(f) for f in contract.factors))
    return _bound(contract.axes, inside)


_BOUNDED = frozenset(
    """
    abs neg sign sin cos tanh sigmoid relu round floor ceil trunc maximum minimum clamp where not eq ne lt le gt ge and
    or isnan
    """.split()
)


def is_finite(value: Factor) -> bool:
    """Whether a factor is finite for finite operands of bounded size."""
    step()
    if isinstance(value, Read):
        return not value.origin.startswith("?")
    if isinstance(value, (Size, Guard)):
        return True
    if isinstance(value, Map):
        if value.function == "exp":
            return _is_small(value.arguments[0])
        return value.function in _BOUNDED and all(map(is_finite_term, value.arguments))
    if isinstance(value, Fold):
        return value.function in ("max", "min", "any", "all") and is_finite_term(value.body)
    if isinstance(value, Select):
        return all(map(is_finite_term, value.cases))
    return value.function in ("softmax", "cumsum", "layer_norm") and is_finite_term(value.body)


def _is_small(term: Linear) -> bool:
    """Whether a term is a few times one element of an operand at most."""
    if len(term.parts) != 1:
        return not term.parts
    ratio, contract = term.parts[0]
    plain = not contract.axes and len(contract.factors) == 1 and isinstance(contract.factors[0], Read)
    return (
        plain
        and is_finite(contract.factors[0])
        and ratio.numerator == ONE == ratio.denominator
        and abs(ratio.number) <= 4
    )


def is_finite_term(term: Linear) -> bool:
    """Whether a term is finite for finite operands of bounded size."""
    return all(is_finite(f) for _, c in term.parts for f in c.factors)
