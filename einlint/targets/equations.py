"""Einsum equations whatever their labels are called."""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_letters

from einlint.patterns.dialects import Dialect
from einlint.patterns.equations import parse_equation
from einlint.patterns.model import Expression, Pattern
from einlint.targets.model import Aim, Feature, Limit


def lettered(pattern: Pattern) -> str:
    """The equation that is exported: einops makes letters of the names of axes, torch keeps the labels."""
    assert pattern.output is not None
    sides = [*pattern.inputs, pattern.output]
    names = dict.fromkeys(axis.name for side in sides for axis in side.axes if not axis.is_ellipsis)
    if all(len(name) == 1 and name.isalpha() for name in names):
        return _written(sides, {name: name for name in names})
    return _written(sides, dict(zip(names, ascii_letters, strict=False)))


def renamed(equation: Pattern | str) -> str:
    """The equation with its labels called `a`, `b`, `c`... as they appear."""
    pattern = parse_equation(equation, Dialect.TORCH) if isinstance(equation, str) else equation
    assert pattern.output is not None
    sides = [*pattern.inputs, pattern.output]
    names = dict.fromkeys(axis.name for side in sides for axis in side.axes if not axis.is_ellipsis)
    return _written(sides, dict(zip(names, ascii_letters, strict=False)))


def refusals(pattern: Pattern, aim: Aim) -> Iterator[Limit]:
    """The limits of a target that an equation is beyond, whatever its labels are called."""
    assert pattern.output is not None
    equation = renamed(pattern)
    for limit in aim.limits(Feature.EQUATION):
        among = equation in {renamed(other) for other in limit.only or limit.equations}
        if among is not bool(limit.only):
            yield limit
    labels = [axis.name for expression in pattern.inputs for axis in expression.axes]
    if len(pattern.inputs) == 2 and len({*labels}) == len(labels) == len(pattern.output.axes) and "..." not in labels:
        yield from aim.limits(Feature.OUTER_PRODUCT)
    if len(pattern.inputs) == 1 and not pattern.output.axes:
        yield from aim.limits(Feature.SCALAR_OUTPUT)


def _written(sides: list[Expression], letters: dict[str, str]) -> str:
    *inputs, output = ("".join(letters.get(axis.name, axis.name) for axis in side.axes) for side in sides)
    return f"{','.join(inputs)}->{output}"
