"""Questions about sizes that decide what an operation does, and who answers them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar

from einlint.dimensions import ONE, Dim, Facts
from einlint.lazily import dataclass
from einlint.program.terms import Unprovable


class Undefined(Exception):
    """The operation raises for these sizes."""


@dataclass(frozen=True)
class Query:
    """A question about two sizes: `equal`, `at_least` or `divides`."""

    kind: str
    one: Dim
    other: Dim

    def holds(self, sizes: Mapping[str, int]) -> bool:
        """The answer for given sizes."""
        a, b = self.one.value(sizes), self.other.value(sizes)
        if self.kind == "divides":
            return b % a == 0 if a else b == 0
        return a == b if self.kind == "equal" else a >= b

    def subs(self, values: Mapping[str, Dim]) -> Query:
        return Query(self.kind, self.one.subs(values), self.other.subs(values))


class Undecided(Unprovable):
    """The answer to a question depends on the sizes."""

    def __init__(self, query: Query) -> None:
        super().__init__(query)
        self.query = query

    def __str__(self) -> str:
        return f"whether {self.query.one} {self.query.kind} {self.query.other} depends on the sizes"


class Decider:
    """Answers questions about sizes for all sizes at once; raises Undecided where sizes differ in the answer.

    `by_shape` says that only dimensions are asked for: bodies are left out.
    """

    by_shape = False

    def __init__(self, facts: Facts, answers: Mapping[Query, bool] | None = None) -> None:
        self.facts = facts
        self.answers = answers or {}

    def equal(self, one: Dim, other: Dim) -> bool:
        """Whether two lengths are equal."""
        difference = one - other
        if not difference.terms:
            return True
        if self.facts.at_least(difference, 1) or self.facts.at_least(-difference, 1):
            return False
        return self.ask(Query("equal", *sorted((one, other), key=lambda d: d.key)))

    def at_least(self, one: Dim, other: Dim) -> bool:
        """Whether `one >= other`."""
        if self.facts.at_least(one - other, 0):
            return True
        if self.facts.at_least(other - one, 1):
            return False
        return self.ask(Query("at_least", one, other))

    def divides(self, divisor: Dim, value: Dim) -> bool:
        """Whether a length is a multiple of another."""
        if value.exact(divisor) is not None:
            return True
        a, b = value.constant, divisor.constant
        if a is not None and b:
            return a % b == 0
        rest = value % divisor
        if rest.constant is not None and b and rest.constant % b:
            return False
        return self.ask(Query("divides", divisor, value))

    def integer(self, size: Dim) -> int:
        """A length that must be a number here."""
        if size.constant is None:
            raise Unprovable(f"{size} must be a number")
        return size.constant

    def common(self, sizes: Sequence[Dim]) -> Dim:
        """The size that lengths broadcast to; 1 fits every length. Raises Undefined where they do not fit."""
        wide = ONE
        for size in sizes:
            if size in (wide, ONE):
                continue
            if wide == ONE or self.equal(wide, ONE):
                wide = size
            elif not self.equal(size, wide):
                require(self.equal(size, ONE), "sizes do not broadcast")
        return wide

    def must(self, kind: str, one: Dim, other: Dim, reason: str) -> None:
        """Raise Undefined for this reason unless `equal` or `divides` holds."""
        require(self.equal(one, other) if kind == "equal" else self.divides(one, other), reason)

    def notice(self, query: Query) -> None:
        """Sizes decide here what the operation does, though its program is one: tests must know."""

    def admit(self, reason: str) -> None:
        """The program leaves something out: nothing can be proved, but sizes can be chosen by it."""
        raise Unprovable(reason)

    def ask(self, query: Query) -> bool:
        """The remembered answer to a question that the facts leave open."""
        if query not in self.answers:
            raise Undecided(query)
        return self.answers[query]


class ConcreteDecider(Decider):
    """Answers every question for given sizes and remembers what was asked."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        super().__init__(Facts())
        self.sizes = sizes
        self.asked: set[Query] = set()

    def equal(self, one: Dim, other: Dim) -> bool:
        return self.ask(Query("equal", one, other))

    def at_least(self, one: Dim, other: Dim) -> bool:
        return self.ask(Query("at_least", one, other))

    def divides(self, divisor: Dim, value: Dim) -> bool:
        return self.ask(Query("divides", divisor, value))

    def integer(self, size: Dim) -> int:
        return size.value(self.sizes)

    def notice(self, query: Query) -> None:
        self.ask(query)

    def admit(self, reason: str) -> None:
        """For given sizes a description by shape is enough."""

    def ask(self, query: Query) -> bool:
        if query.one.symbols or query.other.symbols:
            self.asked.add(query)
        return query.holds(self.sizes)


_decider: ContextVar[Decider | None] = ContextVar("decider", default=None)


_PLAIN = Decider(Facts())


def decider() -> Decider:
    """The decider of the evaluation under way."""
    return _decider.get() or _PLAIN


def use_decider(chosen: Decider | None) -> None:
    """Decide all further questions of this context by `chosen`; None for what holds for all sizes."""
    _decider.set(chosen)


def equal(one: Dim, other: Dim) -> bool:
    return decider().equal(one, other)


def require(condition: bool, reason: str) -> None:
    """Raise Undefined unless the condition holds."""
    if not condition:
        raise Undefined(reason)


def require_equal(one: Dim, other: Dim, reason: str) -> None:
    """Raise Undefined unless two lengths are equal."""
    decider().must("equal", one, other, reason)


def require_alike(ones: Iterable[Dim], others: Iterable[Dim], reason: str) -> None:
    """Raise Undefined unless as many lengths are equal, in pairs."""
    for one, other in zip(ones, others, strict=True):
        require_equal(one, other, reason)


def require_divides(divisor: Dim, value: Dim, reason: str) -> None:
    """Raise Undefined unless a length is a multiple of another."""
    decider().must("divides", divisor, value, reason)
