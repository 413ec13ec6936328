"""Einsum equations whatever their labels are called."""

from __future__ import annotations

from string import ascii_letters

from einlint.patterns.dialects import Dialect
from einlint.patterns.equations import parse_equation
from einlint.patterns.model import Expression, Pattern


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


def _written(sides: list[Expression], letters: dict[str, str]) -> str:
    *inputs, output = ("".join(letters.get(axis.name, axis.name) for axis in side.axes) for side in sides)
    return f"{','.join(inputs)}->{output}"
