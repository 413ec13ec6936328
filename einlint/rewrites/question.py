"""The question that verifies a rewrite: operands become fresh tensors, lengths the sizes of others.

It knows nothing of the file: axis names give way to `a`, `b`, `c`..., so that equal calls ask equal questions.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, product
from math import prod
from typing import Any

from einlint.patterns.model import Axis, Expression, Group, Pattern
from einlint.rewrites.rewrite import Refusal
from einlint.verification.fields import question_fields

_NO_AXES = frozenset({"tensor", "pattern", "reduction"})
_RANKS = (("e1",), (), ("e1", "e2"))
_PACKED = (((3,), (2,)), ((), (5,)), ((2, 3), ()), ((1, 4), (3, 1, 2)))


def size_of(length: str) -> str:
    """A length in a question: a number, or the size of a tensor that has one dimension."""
    return length if length.isdecimal() else f"{length}.shape[0]"


def canonical(pattern: Pattern) -> dict[str, str]:
    """New names of the axes, in the order of their appearance."""
    sides = (*pattern.inputs, *([pattern.output] if pattern.output is not None else []))
    fresh = (name for length in count(1) for name in map("".join, product(string.ascii_lowercase, repeat=length)))
    names: dict[str, str] = {}
    for axis in (axis for side in sides for axis in side.axes):
        if not (axis.is_number or axis.is_ellipsis or axis.name in ("*", "_") or axis.name in names):
            names[axis.name] = next(name for name in fresh if name not in _NO_AXES)
    return names


def pattern_text(pattern: Pattern, names: Mapping[str, str]) -> str:
    """An einops pattern with its axes renamed."""
    left = ", ".join(side_text(side, names) for side in pattern.inputs)
    return left if pattern.output is None else f"{left} -> {side_text(pattern.output, names)}"


def side_text(side: Expression, names: Mapping[str, str]) -> str:
    """One side of an einops pattern with its axes renamed."""
    return " ".join(_group(group, names) for group in side.groups)


def _group(group: Group, names: Mapping[str, str]) -> str:
    text = " ".join(names.get(axis.name, axis.name) for axis in group.axes)
    return f"({text})" if group.bracketed or not group.axes else text


def equation_text(pattern: Pattern) -> str:
    """An einsum equation with other labels, in the order of the old ones where that decides the output."""
    sides = (*pattern.inputs, *([pattern.output] if pattern.output is not None else []))
    found = dict.fromkeys(axis.name for side in sides for axis in side.axes if not axis.is_ellipsis)
    if len(found) > len(string.ascii_letters):
        raise Refusal("the equation has more labels than there are letters")
    letters = dict(zip(found, string.ascii_lowercase + string.ascii_uppercase, strict=False))
    texts = ["".join(letters.get(axis.name, axis.name) for axis in side.axes) for side in sides]
    return f"{','.join(texts[: len(pattern.inputs)])}->{texts[-1] if pattern.output is not None else ''}"


def question(
    framework: str,
    shapes: Mapping[str, Expression],
    lengths: Mapping[str, str],
    names: Mapping[str, str],
    a: str,
    b: str,
) -> dict[str, Any]:
    """The fields of `einlint equiv`: each tensor with the dimensions of its side of the pattern.

    `lengths` are the placeholders, or numbers, of axes; `names` the new names of axes. An ellipsis is tried as no, one
    and two dimensions, and where several operands have one, with other ranks and lengths of 1.
    """
    sizes = {text: text for text in lengths.values() if not text.isdecimal()}
    described = {tensor: _Shape(tensor, side, lengths, names) for tensor, side in shapes.items()}
    constraints = [text for shape in described.values() for text in shape.constraints]
    spread = [tensor for tensor, side in shapes.items() if side.ellipsis is not None]
    starred = [tensor for tensor, side in shapes.items() if any(axis.name == "*" for axis in side.axes)]
    forms = [
        {t: " ".join(s.dims(ranks.get(t, ()))) for t, s in described.items()} | sizes
        for ranks in (_stars(starred) if starred else _ranks(spread))
    ]
    return question_fields(framework, forms, a, b, constraints)


def _ranks(spread: Sequence[str]) -> Iterator[dict[str, tuple[str, ...]]]:
    """The dimensions of the ellipsis, or of the star, of each operand that has one, in each form."""
    if not spread:
        yield {}
        return
    for rank in _RANKS:
        yield dict.fromkeys(spread, rank)
    if len(spread) > 1:
        for tensor in spread:
            yield {**dict.fromkeys(spread, ("e1",)), tensor: ()}
            yield {**dict.fromkeys(spread, ("e1",)), tensor: ("1",)}


def _stars(starred: Sequence[str]) -> Iterator[dict[str, tuple[str, ...]]]:
    """The dimensions of the star of each operand: their lengths differ."""
    for rank in (1, 0, 2):
        yield {tensor: tuple(f"{tensor}_s{k}" for k in range(rank)) for tensor in starred}
    if len(starred) > 1:
        yield {t: tuple(f"{t}_s{k}" for k in range(at % 3)) for at, t in enumerate(starred)}


class _Shape:
    """The dimensions of one tensor by its side of the pattern."""

    def __init__(self, tensor: str, side: Expression, lengths: Mapping[str, str], names: Mapping[str, str]) -> None:
        self.constraints: list[str] = []
        self._lengths, self._names = lengths, names
        self._dims = [self._dimension(f"{tensor}_{k}", group) for k, group in enumerate(side.groups)]

    def dims(self, spread: Sequence[str]) -> list[str]:
        """The dimensions, those of the ellipsis given."""
        return [name for dim in self._dims for name in (spread if dim == "..." else (dim,))]

    def _dimension(self, name: str, group: Group) -> str:
        if group.is_spread or any(axis.name == "*" for axis in group.axes):
            return "..."
        factors = [self._factor(axis) for axis in group.axes]
        if len(factors) > 1:
            self.constraints.append(f"{name} = {' * '.join(factors)}")
            return name
        return factors[0] if factors else "1"

    def _factor(self, axis: Axis) -> str:
        if axis.is_number:
            return axis.name
        return self._lengths.get(axis.name) or f"axis_{self._names.get(axis.name, axis.name)}"


def unpacking(
    framework: str, tensor: str, pattern: Pattern, names: Mapping[str, str], a: str, b: str, one: bool
) -> dict[str, Any]:
    """The question about an unpack: packed shapes are those of tensors `x3` and `x4` of several ranks, or of `x3`."""
    axes = [names.get(axis.name, axis.name) for axis in pattern.inputs[0].axes]
    forms = []
    for shapes in _PACKED:
        packed = shapes[:1] if one else shapes
        star = str(sum(prod(shape) for shape in packed))
        form = {tensor: " ".join(star if axis == "*" else f"axis_{axis}" for axis in axes)}
        forms.append(form | {f"x{k}": " ".join(map(str, shape)) for k, shape in enumerate(packed, 3)})
    return question_fields(framework, forms, a, b)
