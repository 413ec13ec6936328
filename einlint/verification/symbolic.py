"""What the index programs know of a question: sizes worth testing, and a proof."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from einlint.dimensions import Dim, dim, symbol
from einlint.dimensions.steps import TooLarge, at_most, step
from einlint.program.deciding import ConcreteDecider, Query, use_decider
from einlint.program.terms import Unprovable
from einlint.verification import proof
from einlint.verification.expressions import Refused
from einlint.verification.question import Assignment, Form, Question
from einlint.verification.writes import written

_NOT_KNOWN = (Unprovable, Refused, TypeError, AttributeError, KeyError, ValueError, ArithmeticError)
_BASES = (2, 3, 5)
_MOST_QUERIES = 64
_LARGEST = 4096
_MOST_STEPS = 20_000
_HEAVIEST = 64


@dataclass(frozen=True)
class _Sizes:
    """The length of every name, in symbols that are free, and the least value of those."""

    table: Mapping[str, Dim]
    least: Mapping[str, int]

    def of(self, axis: str | int) -> Dim:
        return dim(axis) if isinstance(axis, int) else self.table.get(axis, symbol(axis))


def prove(question: Question) -> bool:
    """Whether both sides denote one program, for all allowed sizes of all forms."""
    if question.mutates or _written(question) is not None:
        return False
    sizes = _sizes(question)
    return all(proof.prove(question.left, question.right, _tensors(question, form, sizes)) for form in question.forms)


def _written(question: Question) -> str | None:
    return written(question.left, question.framework) or written(question.right, question.framework)


def undescribed(question: Question) -> str | None:
    """Why not every breakpoint of a question is known: an operation that the table does not describe."""
    call = _written(question)
    if call is not None:
        return f"`{call}` may write into what is read again"
    sizes = _sizes(question)
    for form in question.forms:
        tensors = _tensors(question, form, sizes)
        free = frozenset().union(*(length.symbols for shape in tensors.shapes.values() for length in shape))
        use_decider(ConcreteDecider({name: max(2, sizes.least.get(name, 1)) for name in free}))
        for side in (question.left, question.right):
            try:
                proof.denoted(side, tensors)
            except _NOT_KNOWN as error:
                return str(error)
    return None


def extra_sizes(question: Question, form: Form) -> Sequence[Assignment]:
    """Sizes on and around the breakpoints of both sides: where an operation asks a question about sizes."""
    sizes = _sizes(question)
    axes = {axis: sizes.of(axis) for axes in form.values() for axis in axes if isinstance(axis, str)}
    free = sorted(frozenset().union(*(length.symbols for length in axes.values())))
    found: dict[tuple[int, ...], Assignment] = {}
    for base in _BASES:
        start = {name: max(base, sizes.least.get(name, 1)) for name in free}
        for query in sorted(_asked(question, form, sizes, start), key=str)[:_MOST_QUERIES]:
            for near in _around(query, start, sizes.least):
                assignment = {axis: length.value(near) for axis, length in axes.items()}
                found.setdefault(tuple(assignment.values()), assignment)
    step(0)  # questions may be missing where the steps ran out
    return list(found.values())


def _asked(question: Question, form: Form, sizes: _Sizes, start: Mapping[str, int]) -> set[Query]:
    """Every question about sizes that either side asks at these sizes."""
    asked: set[Query] = set()
    for side in (question.left, question.right):
        decider = ConcreteDecider(start)
        use_decider(decider)
        with contextlib.suppress(*_NOT_KNOWN):
            proof.denoted(side, _tensors(question, form, sizes))
        asked |= decider.asked
    return asked


def _around(query: Query, start: Mapping[str, int], least: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Sizes at which the answer is about to change, one symbol moved at a time."""
    for name in sorted(query.one.symbols | query.other.symbols):
        for value in _turning(query, name, start):
            if least.get(name, 1) <= value <= _LARGEST:
                yield {**start, name: value}


def _turning(query: Query, name: str, start: Mapping[str, int]) -> Iterator[int]:
    """Values of one symbol on both sides of a change of the answer."""
    try:
        answers = [query.holds({**start, name: value}) for value in range(1, 12)]
        yield from (v + k for v in range(1, 11) if answers[v - 1] != answers[v] for k in (0, 1))
        if query.kind != "divides":
            gap = query.one - query.other
            at = {**start, name: 0}
            slope = gap.value({**at, name: 1}) - gap.value(at)
            if slope:
                root = -gap.value(at) // slope
                yield from (root + k for k in (-1, 0, 1, 2))
    except (ArithmeticError, KeyError):
        return


def _tensors(question: Question, form: Form, sizes: _Sizes) -> proof.Tensors:
    shapes = {name: [sizes.of(axis) for axis in axes] for name, axes in form.items()}
    return proof.Tensors(question.framework, shapes, question.dtypes, sizes.least)


def _sizes(question: Question) -> _Sizes:
    """Equations solved for their left side; what cannot be used is left out, which only asks for more."""
    table: dict[str, Dim] = {name: dim(value) for name, value in question.sizes.items()}
    least: dict[str, int] = {}
    for constraint in question.constraints:
        with contextlib.suppress(TooLarge), at_most(_MOST_STEPS):
            length = _polynomial(constraint.body)
            if length is None:
                continue
            if constraint.relation == "=" and constraint.name not in table and constraint.name not in length.symbols:
                table = _with_solved(table, constraint.name, length)
            elif constraint.relation == ">=" and length.constant is not None:
                least[constraint.name] = max(length.constant, least.get(constraint.name, 0))
    return _Sizes(table, least)


def _with_solved(table: Mapping[str, Dim], name: str, length: Dim) -> dict[str, Dim]:
    length = length.subs(table)
    solved = {**{other: old.subs({name: length}) for other, old in table.items()}, name: length}
    if any(found.weight > _HEAVIEST for found in solved.values()):
        raise TooLarge("a length that is a long polynomial")
    return solved


def _polynomial(node: ast.expr) -> Dim | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return dim(node.value)
    if isinstance(node, ast.Name):
        return symbol(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub, ast.Mult)):
        left, right = _polynomial(node.left), _polynomial(node.right)
        if left is None or right is None:
            return None
        return (
            left + right
            if isinstance(node.op, ast.Add)
            else left - right
            if isinstance(node.op, ast.Sub)
            else left * right
        )
    return None
