"""What people call an axis."""

from __future__ import annotations

from einlint.dimensions import Dim
from einlint.program.terms import Axis
from einlint.program.value import Dimension
from einlint.shapes.diagnosis import shown
from einlint.shapes.run import Run


def size_name(size: Dim) -> str:
    """A length as people write it, empty where it has no name."""
    text = shown(size)
    return "" if "?" in text else text


def axis_name(run: Run, axis: Axis) -> str:
    """The name that a pattern or an unpacking gave an axis, or its length."""
    length = size_name(axis.size)
    return run.labels.get(axis.name, "") or length or "?"


def dimension_name(run: Run, dimension: Dimension) -> str:
    """The names of the axes of a dimension: `h`, or `(h w)` for several."""
    names = [axis_name(run, axis) for axis in dimension]
    return names[0] if len(names) == 1 else f"({' '.join(names)})" if names else "1"
