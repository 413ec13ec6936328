"""Two rearranges in a row as one: the composed program, written as one pattern."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from einlint.calls import Reading
from einlint.dimensions import Dim, Facts, dim, symbol
from einlint.dimensions.dim import product
from einlint.operations.notation import apply
from einlint.patterns.model import Group
from einlint.program.deciding import Decider, Undefined, use_decider
from einlint.program.emit import Arrow, as_arrow
from einlint.program.terms import Unprovable
from einlint.program.value import operand
from einlint.rewrites.plain import is_plain

_WRITTEN_TWICE = (ast.Name, ast.Attribute, ast.Constant, ast.Load)


@dataclass(frozen=True)
class Chain:
    """One rearrange that does what two did: its pattern and the source of each length it needs."""

    pattern: str
    lengths: Mapping[str, str]
    is_identity: bool


def chain_of(reading: Reading) -> Chain | None:
    """The one rearrange that a rearrange of a rearrange is; None where it cannot be written for all sizes."""
    inner = reading.inner
    if inner is None or not (is_plain(reading) and is_plain(inner)):
        return None
    return _chained(reading, inner)


def _chained(outer: Reading, inner: Reading) -> Chain | None:
    sources = {**_sources(inner), **_sources(outer)}
    left = inner.pattern.inputs[0]
    sizes = _sizes(inner)
    if len(sources) < len({*inner.call.lengths, *outer.call.lengths}) or sizes is None:
        return None
    use_decider(Decider(Facts()))
    try:
        x = operand("x", [_length(group, sizes) for group in left.groups])
        middle = apply(x, inner.pattern.text, "rearrange", _given(inner))
        arrow = as_arrow(apply(middle, outer.pattern.text, "rearrange", _given(outer)), _names(inner, outer))
    except (Unprovable, Undefined):
        return None
    return None if arrow is None else _written(replace(arrow, merged="..." if _merges_ellipsis(outer) else ""))


def _merges_ellipsis(reading: Reading) -> bool:
    right = reading.pattern.output
    return right is not None and any(g.bracketed and any(a.is_ellipsis for a in g.axes) for g in right.groups)


def _sources(reading: Reading) -> dict[str, str]:
    """The source of every length that may be moved: names, attributes and constants."""
    plain = {
        name: ast.unparse(length.value)
        for name, length in reading.call.lengths.items()
        if all(isinstance(node, _WRITTEN_TWICE) for node in ast.walk(length.value))
    }
    return plain if reading.call.lengths_known else {}


def _size_of(name: str, reading: Reading) -> Dim:
    """The length of an axis: a number, a symbol that is its source, or a symbol of its own."""
    source = _sources(reading).get(name)
    if source is None:
        return symbol(name)
    return dim(int(source)) if source.isdecimal() else symbol(f"={source}")


def _given(reading: Reading) -> dict[str, Dim]:
    return {name: _size_of(name, reading) for name in reading.call.lengths}


def _sizes(reading: Reading) -> dict[str, Dim] | None:
    left = reading.pattern.inputs[0]
    return {axis.name: _size_of(axis.name, reading) for axis in left.axes}


def _length(group: Group, sizes: Mapping[str, Dim]) -> Dim:
    return product(sizes[axis.name] for axis in group.axes)


def _names(inner: Reading, outer: Reading) -> dict[Dim, str]:
    """Names for axes by their size, those of the outer pattern first where it gives the size."""
    names: dict[Dim, str] = {}
    for reading in (outer, inner):
        for name in reading.call.lengths:
            names.setdefault(_size_of(name, reading), name)
    for axis in inner.pattern.inputs[0].axes:
        names.setdefault(_size_of(axis.name, inner), axis.name)
    return names


def _written(arrow: Arrow) -> Chain | None:
    lengths = {}
    for group in arrow.left:
        known = {name: text for name in group if (text := _text(arrow.sizes[name])) is not None}
        if len(group) > 1 and len(known) < len(group) - 1:
            return None
        lengths.update(known if len(group) > 1 else {})
    return Chain(arrow.pattern, lengths, arrow.is_identity)


def _text(size: Dim) -> str | None:
    """The source of a length, None when it is only known at run time."""
    if size.constant is not None:
        return str(size.constant)
    name = next(iter(size.symbols)) if len(size.symbols) == 1 else ""
    return name[1:] if name.startswith("=") and size == symbol(name) else None
