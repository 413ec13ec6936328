"""What people call an axis."""

from __future__ import annotations

from collections.abc import Sequence

from einlint.dimensions import Dim, symbol
from einlint.program.terms import Axis
from einlint.program.value import Dimension, length_of
from einlint.shapes.diagnosis import shown
from einlint.shapes.objects import LOOSE, UNNAMED, Known
from einlint.shapes.run import Run

_NAMELESS = (UNNAMED, LOOSE + UNNAMED)


def named(run: Run, size: Dim) -> Dim:
    """A length, with symbols that have no name replaced by those of the code that turned out to be the same."""
    nameless = {name for name in size.symbols if name.startswith(_NAMELESS)}
    if not nameless:
        return size
    names = {
        value.name: symbol(name)
        for name, value in run.memory.sizes.items()
        if value.name is not None and value.name in nameless and not name.startswith(_NAMELESS)
    }
    return size.subs(names)


def size_name(run: Run, size: Dim) -> str:
    """A length as people write it, empty where it has no name."""
    text = shown(named(run, size))
    return "" if "?" in text else text


def axis_name(run: Run, axis: Axis) -> str:
    """The name that a pattern or an unpacking gave an axis, or its length."""
    length = size_name(run, axis.size)
    return run.labels.get(axis.name, "") or length or "?"


def readable_names(run: Run, tensor: Known | None, axes: Sequence[Axis]) -> list[str]:
    """Names of axes, all different: one that has none, or only a number, is called by its dimension."""
    found: list[str] = []
    for place, axis in enumerate(axes):
        name = axis_name(run, axis)
        if "?" in name or name.isdecimal():
            dims = tensor.dims if tensor is not None else ()
            name = f"dimension {next((at for at, each in enumerate(dims) if axis in each), place)}"
        found.append(name if name not in found else f"{name}'")
    return found


def shape_in_names(run: Run, tensor: Known) -> str:
    """A shape as it is written, with the names of dimensions whose lengths have none: `(b, n, 96)`."""
    sizes = []
    for dimension in tensor.dims:
        text = shown(named(run, length_of(dimension)))
        name = dimension_name(run, dimension)
        sizes.append(name if "?" in text and "?" not in name else text)
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def dimension_name(run: Run, dimension: Dimension) -> str:
    """The names of the axes of a dimension: `h`, or `(h w)` for several."""
    names = [axis_name(run, axis) for axis in dimension]
    return names[0] if len(names) == 1 else f"({' '.join(names)})" if names else "1"
