"""Which sizes to test: small ones by sum, distinct primes, one axis at a time, and around every literal."""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import combinations, islice

from einlint.verification.constants import compares_operand
from einlint.verification.expressions import Expression, dotted, numbers
from einlint.verification.question import Assignment, Form, Question
from einlint.verification.sizes import SizeSpace
from einlint.verification.symbolic import extra_sizes

SMALL = 40
MAX_ELEMENTS = 2**16
MAX_CORE_ELEMENTS = 2**12
MAX_THRESHOLD_ELEMENTS = 2**23
MAX_LITERAL, MAX_THRESHOLD = 1024, 2**20
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19)
_RAMP = (4, 5, 6, 7, 8, 9)
_LONG = (17, 33, 65, 130)  # libraries change their algorithm with the length: sorting, blocked sums, distances
_AROUND = 48


class SizePlan:
    """The sizes for one form of a question."""

    def __init__(self, question: Question, form: Form) -> None:
        self.question, self.form = question, form
        self.space = SizeSpace(question, form)
        self.bounds = sorted({size for side in (question.left, question.right) for size in _bounds(side)})
        self.literals = sorted({size for side in (question.left, question.right) for size in _literals(side)})

    @cached_property
    def given(self) -> Sequence[Assignment]:
        """The sizes that the expressions ask for themselves."""
        return extra_sizes(self.question, self.form)

    def small(self) -> list[Assignment]:
        """The first allowed assignments by sum."""
        return list(islice(self.space.by_sum(), SMALL))

    @cached_property
    def core(self) -> list[Assignment]:
        """A few that every kind of data is tried on: the lowest, all 2, distinct primes, and room for rare values."""
        return self._allowed([{}, self._all(2), self._primes(1), self._all(5)], MAX_CORE_ELEMENTS)

    def long(self) -> list[Assignment]:
        """One axis long, the others at their lowest."""
        return self._allowed(({axis: size} for size in _LONG for axis in self.space.free), MAX_ELEMENTS)

    def wide(self) -> list[Assignment]:
        """Everything beyond the small ones that needs no particular reason."""
        literals = [n for n in self.literals if n <= MAX_LITERAL]
        wanted = [*self._spread(), *self._random(), *self._ramps(_RAMP), *self._ramps(_around(literals))]
        return self._allowed(wanted, MAX_ELEMENTS)

    def thresholds(self) -> list[Assignment]:
        """Sizes without which the question is not answered: where an expression says that it changes its course."""
        near = {size + step for size in self.bounds for step in (-1, 0, 1, 2)}
        wanted = [*self.given, *self._ramps(sorted(near))]
        return self._allowed(wanted, MAX_THRESHOLD_ELEMENTS)

    def unreachable(self) -> int | None:
        """A bound that is larger than any size that is tested."""
        return next((size for size in self.bounds if size > MAX_THRESHOLD), None)

    def _allowed(self, wanted: Iterable[Assignment], most: int) -> list[Assignment]:
        found: dict[tuple[int, ...], Assignment] = {}
        for sizes in map(self.space.near, wanted):
            if sizes is not None and self._elements(sizes) <= most:
                found.setdefault(tuple(sizes.values()), sizes)
        return list(found.values())

    def _elements(self, sizes: Assignment) -> int:
        return max(self.counts(sizes))

    def counts(self, sizes: Assignment) -> list[int]:
        """How many elements each tensor has."""
        shapes = ((sizes[axis] if isinstance(axis, str) else axis for axis in axes) for axes in self.form.values())
        return list(map(math.prod, shapes))

    def _all(self, size: int) -> Assignment:
        return dict.fromkeys(self.space.free, size)

    def _primes(self, turn: int) -> Assignment:
        axes = self.space.free
        return {axis: _PRIMES[(place + turn) % min(max(len(axes), 2), 8)] for place, axis in enumerate(axes)}

    def _spread(self) -> Iterator[Assignment]:
        """Equal sizes, distinct primes in two orders, one axis low at a time, multiples of each literal."""
        yield from (self._all(size) for size in (2, 3, 4))
        for turn in (0, 1):
            primes = self._primes(turn)
            yield primes
            yield from ({**primes, axis: self.space.lows[axis]} for axis in primes)
        for literal in [n for n in self.literals if n <= 64]:
            yield from ({**self._primes(0), axis: literal * 3} for axis in self.space.free)
            yield self._all(literal)

    def _random(self) -> Iterator[Assignment]:
        rng = random.Random(len(self.space.free))
        for top in (5, 5, 8, 8, 12):
            yield {axis: rng.randint(1, top) for axis in self.space.free}

    def _ramps(self, sizes: Iterable[int]) -> Iterator[Assignment]:
        """Each axis alone at each size, the others at their lowest and at 2."""
        for size in sizes:
            for axis in self.space.free:
                yield {axis: size}
                yield {**self._all(2), axis: size}


def _around(literals: list[int]) -> list[int]:
    """Thresholds that literals can make, the likely ones first: multiples, sums, products, and one to each side."""
    few = literals[:8]
    made = [n * factor for factor in (1, 2, 3) for n in literals]
    made += [sum(some) for count in (2, 3) for some in combinations(few, count)]
    made += [a * b for a, b in combinations(few, 2)] + [a * b + max(a, b) for a, b in combinations(few, 2)]
    made += [math.isqrt(n) for n in literals if n > 100]
    near = dict.fromkeys(n + step for n in made for step in (0, 1, -1, 2))
    return [n for n in near if _RAMP[-1] < n <= MAX_LITERAL + 1][:_AROUND]


def _literals(side: Expression) -> Iterator[int]:
    yield from (int(abs(number)) for _, number in numbers(side) if number == int(number) and abs(number) >= 2)


def _bounds(side: Expression) -> Iterator[int]:
    """Whole numbers in slices, in comparisons of sizes and in min and max: a size may lie on either side of them."""
    written = {id(node): number for node, number in numbers(side)}
    for node in side.nodes():
        inside: Iterable[ast.AST] = ()
        if isinstance(node, ast.Slice) or (isinstance(node, ast.Compare) and not compares_operand(node, side)):
            inside = ast.iter_child_nodes(node)
        elif isinstance(node, ast.Call) and dotted(node.func, side.tensors) in ("builtins.min", "builtins.max"):
            inside = node.args
        found = (written.get(id(part), 0.5) for part in inside)
        yield from (int(abs(number)) for number in found if number == int(number) and abs(number) >= 2)
