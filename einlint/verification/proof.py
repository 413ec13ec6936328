"""Proofs: two expressions denote the same program for all sizes.

Where an answer depends on the sizes both cases are proved, each under what it assumes. Both sides
raising is agreement too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from einlint.dimensions import Dim, Facts, dim, symbol
from einlint.dimensions.steps import at_most
from einlint.operations.domain import SymbolicDomain
from einlint.program.alignment import same
from einlint.program.deciding import Decider, Query, Undecided, Undefined, equal, use_decider
from einlint.program.terms import Unprovable
from einlint.program.value import Value, operand
from einlint.verification.evaluator import Miscounted, evaluate
from einlint.verification.expressions import Expression, Refused

_UNEXPECTED = (LookupError, ArithmeticError, AssertionError)
_MOST_CASES = 48
_MOST_VALUES = 8
_MOST_STEPS = 40_000
_fresh = count()


@dataclass(frozen=True)
class Tensors:
    """Operands by name: symbolic shapes and dtypes, and what is known of the symbols."""

    framework: str
    shapes: Mapping[str, Sequence[Dim]]
    dtypes: Mapping[str, str] = field(default_factory=dict)
    least: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Case:
    tensors: Tensors
    answers: Mapping[Query, bool] = field(default_factory=dict)


def prove(one: Expression, other: Expression, tensors: Tensors) -> bool:
    """Whether the expressions are proved equal: same exception behaviour, shape, dtype and value for all sizes.

    False says nothing: testing decides.
    """
    with at_most(_MOST_STEPS):
        return _proved(one, other, tensors)


def _proved(one: Expression, other: Expression, tensors: Tensors) -> bool:
    waiting = [_Case(tensors)]
    for _ in range(_MOST_CASES):
        if not waiting:
            return True
        case = waiting.pop()
        try:
            cases = _cases(one, other, case)
        except (Unprovable, Refused, RecursionError, TypeError, ValueError, AttributeError, *_UNEXPECTED):
            return False
        if cases is None:
            return False
        waiting += cases
    return False


def _cases(one: Expression, other: Expression, case: _Case) -> list[_Case] | None:
    """What is left to prove for a case: nothing, the cases it splits into, or None where the sides differ."""
    try:
        return [] if _agree(one, other, case) else None
    except Undecided as undecided:
        return list(_split(case, undecided.query))


def _agree(one: Expression, other: Expression, case: _Case) -> bool:
    use_decider(Decider(Facts(case.tensors.least), case.answers))
    a, b = (denoted(expression, case.tensors) for expression in (one, other))
    if a is None or b is None:
        return a is b
    return _same(a, b)


def _same(a: Any, b: Any) -> bool:
    """Whether results are equal, part by part where they are sequences or dictionaries."""
    if isinstance(a, Value) or isinstance(b, Value):
        return isinstance(a, Value) and isinstance(b, Value) and same(a, b)
    if isinstance(a, Mapping) or isinstance(b, Mapping):
        both = isinstance(a, Mapping) and isinstance(b, Mapping) and a.keys() == b.keys()
        return both and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, (tuple, list)) or isinstance(b, (tuple, list)):
        both = isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)) and len(a) == len(b)
        return both and all(map(_same, a, b))
    return equal(dim(a), dim(b))


def denoted(expression: Expression, tensors: Tensors) -> Any:
    """What an expression denotes: a tensor, a length, or a tuple or dictionary of those; None where it raises.

    Raises Unprovable where it is not known.
    """
    operands = {
        name: operand(name, shape, tensors.dtypes.get(name, "float64")) for name, shape in tensors.shapes.items()
    }
    try:
        with at_most(_MOST_STEPS):
            value = evaluate(expression, SymbolicDomain(tensors.framework, operands))
    except (Undefined, Miscounted):
        return None
    return _described(value)


def _described(value: Any) -> Any:
    """A result that is made of tensors and lengths only."""
    if isinstance(value, (tuple, list)):
        return tuple(map(_described, value))
    if isinstance(value, Mapping):
        return {key: _described(item) for key, item in value.items()}
    if isinstance(value, (Value, Dim)) or type(value) is int:
        return value
    raise Unprovable("the result is not made of tensors and lengths")


def _split(case: _Case, query: Query) -> Iterator[_Case]:
    """The cases that the answers to a question make. Raises Unprovable when one cannot be expressed."""
    if query.kind == "equal":
        yield _solved(case, query)
        yield _remembered(case, query, False)
    elif query.kind == "divides":
        yield _divisible(case, query)
        yield _remembered(case, query, False)
    else:
        yield from _ordered(case, query)


def _remembered(case: _Case, query: Query, answer: bool) -> _Case:
    return replace(case, answers={**case.answers, query: answer})


def _substituted(case: _Case, name: str, value: Dim, least: Mapping[str, int]) -> _Case:
    table = {name: value}
    shapes = {n: [size.subs(table) for size in shape] for n, shape in case.tensors.shapes.items()}
    answers = {query.subs(table): answer for query, answer in case.answers.items()}
    return _Case(replace(case.tensors, shapes=shapes, least=least), answers)


def _solved(case: _Case, query: Query) -> _Case:
    """The case of equality: one symbol expressed by the others."""
    difference = query.one - query.other
    facts = Facts(case.tensors.least)
    for name in sorted(difference.symbols):
        for sign in (1, -1):
            value = symbol(name) - difference * sign
            if name not in value.symbols and facts.at_least(value, case.tensors.least.get(name, 1)):
                return _substituted(case, name, value, case.tensors.least)
    raise Unprovable("an equation that is not solved")


def _divisible(case: _Case, query: Query) -> _Case:
    """The case of divisibility: a symbol is the divisor times another."""
    names = [name for name in query.other.symbols if query.other == symbol(name)]
    if not names or query.one.constant is None or query.one.constant < 1:
        raise Unprovable("a divisibility that is not solved")
    part = f"{names[0]}/{query.one}.{next(_fresh)}"
    least = {**case.tensors.least, part: min(case.tensors.least.get(names[0], 1), 1)}
    return _substituted(case, names[0], query.one * symbol(part), least)


def _ordered(case: _Case, query: Query) -> Iterator[_Case]:
    """The cases of an order: a symbol is at least a number, or one of the few below it."""
    difference = query.one - query.other
    for name in sorted(difference.symbols):
        rest = difference - symbol(name)
        mirrored = -difference - 1 - symbol(name)
        bound = -rest.constant if rest.constant is not None else None
        if bound is None and mirrored.constant is not None:
            bound = -mirrored.constant
        if bound is None:
            continue
        low = case.tensors.least.get(name, 1)
        if bound - low > _MOST_VALUES:
            break
        yield replace(case, tensors=replace(case.tensors, least={**case.tensors.least, name: bound}))
        for value in range(low, bound):
            yield _substituted(case, name, dim(value), case.tensors.least)
        return
    yield _remembered(case, query, True)
    yield _remembered(case, query, False)
