"""Axes that were cut into parts, and axes that are paired index by index with those."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence

from einlint.dimensions import Dim
from einlint.dimensions.alignment import same_length
from einlint.dimensions.dim import product
from einlint.program.terms import Axis
from einlint.program.value import Dimension
from einlint.shapes.objects import Known


def descending(parts: Sequence[tuple[Dim, Dim]]) -> bool:
    """Whether parts, each a step and a length, follow one another from the most significant on."""
    return all(same_length(a[0], b[0] * b[1]) for a, b in itertools.pairwise(parts))


def _ordered(parts: Sequence[Axis]) -> list[Axis]:
    """Two parts, the more significant first; none where that does not show."""
    for one, other in ((parts[0], parts[1]), (parts[1], parts[0])):
        assert one.lineage is not None and other.lineage is not None
        if same_length(one.lineage.step, other.lineage.step * other.size):
            return [one, other]
    return []


class Splits:
    """Which axes run over the same index, so that the parts of one are also parts of the other."""

    def __init__(self) -> None:
        self._classes: dict[str, dict[str, Axis]] = {}
        self._read: dict[str, tuple[Axis, Dim]] = {}
        self._cut: dict[str, tuple[Dimension, ast.expr]] = {}

    def join(self, axes: Sequence[Axis]) -> None:
        """Note that axes are paired index by index."""
        merged: dict[str, Axis] = {}
        for axis in axes:
            merged.update(self._classes.get(axis.name, {axis.name: axis}))
        for name in merged:
            self._classes[name] = merged

    def note(self, dimension: Dimension) -> None:
        """Note that a dimension was read as several axes: they are its parts."""
        if len(dimension) > 1:
            sizes = [axis.size for axis in dimension]
            whole = Axis("".join(axis.name for axis in dimension), product(sizes))
            for place, axis in enumerate(dimension):
                self._read.setdefault(axis.name, (whole, product(sizes[place + 1 :])))

    def note_cut(self, result: Known, node: ast.expr) -> None:
        """Note the axes of which a result holds all parts."""
        found: dict[str, list[Axis]] = {}
        for axis in result.axes:
            if axis.lineage is not None and axis.lineage.kind == "part":
                found.setdefault(axis.lineage.axes[0].name, []).append(axis)
        for whole, parts in found.items():
            ordered = _ordered(parts) if len(parts) > 1 else []
            if ordered:
                self._cut.setdefault(whole, (tuple(ordered), node))

    def parts_of(self, axis: Axis) -> Dimension | None:
        """The parts that an axis was cut into."""
        found = self._cut.get(axis.name)
        return None if found is None else found[0]

    def cut_at(self, part: Axis) -> ast.expr | None:
        """Where an axis became a part of another one."""
        whole = part.lineage.axes[0].name if part.lineage is not None and part.lineage.kind == "part" else ""
        found = self._cut.get(whole)
        return None if found is None else found[1]

    def like(self, axis: Axis) -> Iterator[Axis]:
        """The axis and those that it was paired with."""
        yield from self._classes.get(axis.name, {axis.name: axis}).values()

    def reversed_whole(self, dimension: Dimension, entire: bool = True) -> Axis | None:
        """The axis of which a dimension holds all parts, or neighbours among them, in the reverse of their order."""
        if len(dimension) < 2:
            return None
        options = [self._parts(axis) for axis in dimension]
        for name in set(options[0]).intersection(*options[1:]):
            whole = options[0][name][0]
            parts = [options[at][name][1:] for at in range(len(dimension))]
            complete = same_length(product(size for _, size in parts), whole.size)
            if (complete or not entire) and descending(parts[::-1]) and not descending(parts):
                return whole
        return None

    def _parts(self, axis: Axis) -> dict[str, tuple[Axis, Dim, Dim]]:
        """The axes that this one, or one paired with it, is a part of, with its step and its length."""
        found = {}
        for each in self.like(axis):
            if each.lineage is not None and each.lineage.kind == "part":
                whole = each.lineage.axes[0]
                found[whole.name] = (whole, each.lineage.step, each.size)
            if each.name in self._read:
                read, step = self._read[each.name]
                found[read.name] = (read, step, each.size)
        return found
