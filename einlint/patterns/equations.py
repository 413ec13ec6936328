"""einsum equations and sublists: `bij,bjk->bik`, `einsum(a, [0, 1], b, [1, 2], [0, 2])`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from einlint.lazily import regex
from einlint.patterns.dialects import LETTERS, Dialect
from einlint.patterns.equation_problems import (
    ARROW,
    number_problems,
    operand_problem,
    spelling_problems,
    structure_problems,
    sublists_length_problems,
    words_problem,
)
from einlint.patterns.model import ELLIPSIS, Axis, Expression, Group, Label, Pattern

__all__ = ["Dialect", "operand_problem", "parse_equation", "parse_sublists"]

_TOKEN = regex(r"\.{1,3}|->|[^ ]")
_SPACED_ARROW_TOKEN = regex(r"\.{1,3}|- *>|[^ ]")
_SPACED_TOKEN = regex(r"\.(?: *\.){0,2}|- *>|[^ ]")


@lru_cache(4096)
def parse_equation(text: str, dialect: Dialect) -> Pattern:
    """An equation with its problems; an output that is not written is computed as the library does.

    >>> [axis.name for axis in parse_equation("ij,jk", Dialect.TORCH).output.axes]
    ['i', 'k']
    """
    if dialect is not Dialect.GENERIC:
        return _parse(text, dialect)
    readings = (_parse(text, known) for known in (Dialect.TORCH, Dialect.NUMPY, Dialect.OPT_EINSUM))
    return next((reading for reading in readings if reading.valid), None) or _parse(text, dialect)


def parse_sublists(
    inputs: Sequence[Sequence[int | None]], output: Sequence[int | None] | None, dialect: Dialect
) -> Pattern:
    """The sublist format; None stands for `Ellipsis`.

    Axes are named by their number and placed by their ordinal among the elements of all lists.
    """
    written = tuple(_sublists(inputs if output is None else [*inputs, output], dialect))
    operands = written[: len(inputs)]
    result = _implied_output(operands, sum(map(len, inputs)), dialect, key=int) if output is None else written[-1]
    problems = (
        number_problems(written, dialect)
        or structure_problems(operands, result, dialect)
        or sublists_length_problems(written, output is not None, dialect)
    )
    return Pattern("", operands, result, problems, implicit=output is None)


def _parse(text: str, dialect: Dialect) -> Pattern:
    tokens = _tokens(text, dialect)
    arrow = next((i for i, token in enumerate(tokens) if token.name == ARROW), None)
    if arrow is None:
        inputs = tuple(_operands(tokens, len(text)))
        output = _implied_output(inputs, len(text), dialect, key=str)
    else:
        inputs = tuple(_operands(tokens[:arrow], tokens[arrow].start))
        output = _expression(tokens[arrow + 1 :], tokens[arrow].end, len(text))
    problems = spelling_problems(tokens, dialect) or structure_problems(inputs, output, dialect)
    if problems:
        problems = words_problem(text, problems[0], dialect) or problems
    return Pattern(text, inputs, output, problems, implicit=arrow is None)


def _tokens(text: str, dialect: Dialect) -> list[Label]:
    """Labels, `...`, `,`, `->` and whatever else stands in the text, in order."""
    if dialect is Dialect.NUMPY and text.isascii():
        text = text.partition("\0")[0]  # it ends a C string
    if dialect is Dialect.TENSORFLOW:
        text = text.removesuffix("\n")  # the `$` of its regular expression matches before it
    return [Label(m[0].replace(" ", ""), *m.span()) for m in _token(text, dialect).finditer(text)]


def _token(text: str, dialect: Dialect) -> re.Pattern[str]:
    if not dialect.deletes_spaces:
        return _TOKEN
    if dialect is Dialect.TENSORFLOW and ELLIPSIS not in text:
        return _SPACED_ARROW_TOKEN  # it looks for `...` before it deletes the spaces
    return _SPACED_TOKEN


def _operands(tokens: list[Label], end: int) -> Iterator[Expression]:
    """The comma-separated expressions of the left side."""
    first, start = 0, 0
    for i, token in enumerate(tokens):
        if token.name == ",":
            yield _expression(tokens[first:i], start, token.start)
            first, start = i + 1, token.end
    yield _expression(tokens[first:], start, end)


def _expression(axes: Sequence[Axis], start: int, end: int) -> Expression:
    return Expression(tuple(Group((axis,), axis.start, axis.end) for axis in axes), start, end)


def _sublists(lists: Sequence[Sequence[int | None]], dialect: Dialect) -> Iterator[Expression]:
    start = 0
    for numbers in lists:
        end = start + len(numbers)
        yield _expression([_numbered(n, at, dialect) for at, n in enumerate(numbers, start)], start, end)
        start = end


def _numbered(number: int | None, at: int, dialect: Dialect) -> Label:
    if number is None:
        return Label(ELLIPSIS, at, at + 1)
    wraps = dialect.numbers is not None and number in dialect.numbers
    return Label(str(number % len(LETTERS) if wraps else number), at, at + 1)


def _implied_output(
    inputs: Iterable[Expression], at: int, dialect: Dialect, key: Callable[[str], str | int]
) -> Expression:
    """The ellipsis, then the labels that occur once, in order."""
    axes = [axis for expression in inputs for axis in expression.axes]
    times = Counter(axis.name for axis in axes)
    if times[ELLIPSIS] > 1 and dialect is Dialect.TENSORFLOW:
        del times[ELLIPSIS]  # it takes `...` for one more label, and this one repeats
    ellipsis = [axis for axis in axes if axis.is_ellipsis and times[ELLIPSIS]]
    once = [axis for axis in axes if times[axis.name] == 1 and not axis.is_ellipsis]
    return _expression([*ellipsis[:1], *sorted(once, key=lambda axis: key(axis.name))], at, at)
