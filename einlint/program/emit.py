"""Programs back to notation: one einops pattern, or one einsum equation."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from string import ascii_lowercase

from einlint.dimensions import ONE, Dim, dim
from einlint.lazily import dataclass
from einlint.program.terms import Axis, Contract, Linear, Ratio, Read
from einlint.program.value import Dimension, Value


@dataclass(frozen=True)
class Arrow:
    """A rearrange, reduce or repeat of one input: dimensions as names, and the size of every name.

    `merged` is a name that stands for several dimensions made one in the output: `...` in `(...)`.
    """

    origin: str
    left: tuple[tuple[str, ...], ...]
    right: tuple[tuple[str, ...], ...]
    sizes: Mapping[str, Dim]
    merged: str = ""

    @property
    def pattern(self) -> str:
        return f"{_side(self.left)} -> {_side(self.right, self.merged)}"

    @property
    def is_identity(self) -> bool:
        return self.left == self.right


def as_arrow(value: Value, names: Mapping[Dim, str] | None = None) -> Arrow | None:
    """The value as one pattern, when each element is one element of one input, or a plain sum of some.

    `names` suggests a name for an axis by its size. None when the program is not of that form.
    """
    read, bound = _single_read(value.body)
    if read is None:
        return None
    axes = {axis.name: axis for axis in (*value.axes, *bound)}
    left = [_digits(index, axes) for index in read.index]
    if any(digits is None for digits in left):
        return None
    groups = _joined([list(d or ()) for d in left], [list(d) for d in value.dims])
    labels = _labels(groups, names or {})
    lefts = tuple(tuple(labels[a.name] for a in group) for group in groups[: len(left)])
    rights = tuple(tuple(labels[a.name] for a in group) for group in groups[len(left) :])
    return Arrow(read.origin, lefts, rights, {labels[a.name]: a.size for group in groups for a in group})


def as_equation(value: Value) -> tuple[str, tuple[str, ...]] | None:
    """An einsum equation and the inputs in order, when the value is a sum of products of inputs."""
    if len(value.body.parts) != 1:
        return None
    ratio, contract = value.body.parts[0]
    reads = [f for f in contract.factors if isinstance(f, Read)]
    if ratio != Ratio(ratio.number.__class__(1)) or len(reads) != len(contract.factors) or not reads:
        return None
    letters = _letters([*value.dims], contract)
    if letters is None:
        return None
    inputs = [_equation_side(read, letters) for read in reads]
    if any(side is None for side in inputs):
        return None
    output = "".join(letters[axis.name] for dimension in value.dims for axis in dimension)
    return f"{','.join(side or '' for side in inputs)}->{output}", tuple(read.origin for read in reads)


def _single_read(body: Linear) -> tuple[Read | None, tuple[Axis, ...]]:
    if len(body.parts) != 1:
        return None, ()
    ratio, contract = body.parts[0]
    only = contract.factors[0] if len(contract.factors) == 1 else None
    if not isinstance(only, Read) or ratio.numerator != ONE or ratio.denominator != ONE or ratio.number != 1:
        return None, ()
    return only, contract.axes


def _digits(index: Dim, axes: Mapping[str, Axis]) -> Dimension | None:
    """The axes of an index that is a mixed-radix number of them, most significant first."""
    left, digits = index, []
    for name in sorted(index.symbols & axes.keys()):
        rest = subs_zero(left, name)
        stride = (left - rest).exact(axes[name].index)
        if stride is None:
            return None
        digits.append((stride, axes[name]))
        left = rest
    if left.terms:
        return None
    ordered: list[Axis] = []
    below = dim(1)
    while digits:
        position = next((k for k, (stride, _) in enumerate(digits) if stride == below), None)
        if position is None:
            return None
        axis = digits.pop(position)[1]
        ordered.insert(0, axis)
        below = below * axis.size
    return tuple(ordered)


def subs_zero(value: Dim, name: str) -> Dim:
    return value.subs({name: dim(0)})


def _joined(left: list[list[Axis]], right: list[list[Axis]]) -> list[list[Axis]]:
    """Dimensions with axes that always stand next to each other in one order made one axis."""
    groups = [*left, *right]
    for group in groups:
        for high, low in itertools.pairwise(group):
            if all(_together(other, high, low) for other in groups):
                whole = Axis(f"{high.name}{low.name}", high.size * low.size)
                merged = [_with_joined(other, high, low, whole) for other in groups]
                return _joined(merged[: len(left)], merged[len(left) :])
    return groups


def _together(group: list[Axis], high: Axis, low: Axis) -> bool:
    """Whether a dimension has both axes side by side, or neither."""
    if high not in group and low not in group:
        return True
    at = group.index(high) if high in group else -1
    return at >= 0 and group[at + 1 : at + 2] == [low]


def _with_joined(group: list[Axis], high: Axis, low: Axis, whole: Axis) -> list[Axis]:
    return [whole if axis is high else axis for axis in group if axis is not low]


def _labels(groups: Iterable[list[Axis]], names: Mapping[Dim, str]) -> dict[str, str]:
    """A distinct name for every axis: the suggested one, else a free letter."""
    labels: dict[str, str] = {}
    free = iter([*ascii_lowercase, *(f"axis{i}" for i in range(100))])
    suggested = set(names.values())
    for axis in (axis for group in groups for axis in group):
        if axis.name in labels:
            continue
        wanted = names.get(axis.size)
        if wanted is None or wanted in labels.values():
            wanted = next(letter for letter in free if letter not in labels.values() and letter not in suggested)
        labels[axis.name] = wanted
    return labels


def _side(groups: Iterable[tuple[str, ...]], merged: str = "") -> str:
    return " ".join("1" if not group else _group(group, group == (merged,)) for group in groups)


def _group(group: tuple[str, ...], merged: bool) -> str:
    return group[0] if len(group) == 1 and not merged else f"({' '.join(group)})"


def _letters(dims: list[Dimension], contract: Contract) -> dict[str, str] | None:
    if any(len(dimension) != 1 for dimension in dims):
        return None
    axes = [dimension[0] for dimension in dims] + list(contract.axes)
    return dict(zip((axis.name for axis in axes), ascii_lowercase, strict=False)) if len(axes) <= 26 else None


def _equation_side(read: Read, letters: Mapping[str, str]) -> str | None:
    found = [
        next((letters[n] for n in i.symbols if n in letters and i.key == ((((n, 1),), 1),)), None) for i in read.index
    ]
    return "".join(letter or "" for letter in found) if all(found) else None
