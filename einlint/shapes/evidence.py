"""What annotations, comments and docstrings claim about shapes, as values and against values."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from einlint.calls import CallFinder
from einlint.claims.annotations import read_annotation
from einlint.claims.comments import ShapeComment, read_comment
from einlint.claims.model import Claim, ClaimedAxis, ListClaim, TupleClaim, UnionClaim
from einlint.dimensions import Dim
from einlint.lazily import replace
from einlint.names import BindingKind, Scope
from einlint.program.terms import Lineage, new_axis
from einlint.program.value import BLANK, dimension
from einlint.resolution import Dotted
from einlint.shapes.assuming import unlike
from einlint.shapes.objects import UNKNOWN_DTYPE, Hole, Known, Listing, Origin, size
from einlint.shapes.run import Run

Sizes = dict[str, Dim]
"""The lengths that names of claims stand for: those of one function mean one thing."""


def annotation_of(finder: CallFinder, node: ast.expr, scope: Scope) -> Any:
    """What an annotation says, read once."""
    known = finder.annotations
    if node not in known:
        known[node] = _read(finder, node, scope) if _may_tell(node) else None
    return known[node]


def _may_tell(node: ast.expr) -> bool:
    """Whether an annotation can be more than a bare name of a type."""
    return not isinstance(node, ast.Name) or node.id[:1].isupper()


def _read(finder: CallFinder, node: ast.expr, scope: Scope) -> Any:
    def lookup(each: ast.expr) -> str | None:
        found = finder.resolve(each, scope) if isinstance(each, (ast.Name, ast.Attribute)) else None
        if found is None and isinstance(each, ast.Name):
            return f"builtins.{each.id}"
        return found.name if isinstance(found, Dotted) else None

    def alias(name: str) -> ast.expr | None:
        bindings = finder.names.module.bindings.get(name, [])
        return bindings[0].value if len(bindings) == 1 and bindings[0].kind is BindingKind.VALUE else None

    return read_annotation(node, lookup, alias)


def comment_at(finder: CallFinder, statement: ast.stmt) -> ShapeComment | None:
    """The shape comment at the end of a statement.

    One that stands alone is as often about the line above, about several below, or about what a name was before.
    """
    known: dict[ast.stmt, ShapeComment | None] = finder.shape_comments
    if statement not in known:
        row, column = finder.source.span(statement).end
        known[statement] = read_comment(finder.source.lines[row - 1], row, column)
    return known[statement]


def claimed(run: Run, claim: Any, origin: Origin, sizes: Sizes, name: str = "") -> Any:
    """What a claim says a value is: a tensor, or something unknown of which some lengths are known."""
    if isinstance(claim, TupleClaim) and any(isinstance(each, Claim) for each in claim.elements):
        return tuple(claimed(run, each, origin, sizes) for each in claim.elements)
    if isinstance(claim, ListClaim):
        element = claimed(run, claim.element, origin, sizes) if _is_the_same_for_each(claim.element) else None
        return Listing(None, element) if isinstance(element, Known) else Hole(name)
    if isinstance(claim, UnionClaim) and len(claim.arms) == 1 and not claim.number:
        return or_none(claimed(run, claim.arms[0], origin, sizes, name), name)
    if not isinstance(claim, Claim):
        return Hole(name)
    if any(axis.variadic for axis in claim.axes):
        return _from_the_ends(claim, sizes, name)
    dims = []
    for axis in claim.axes:
        made = dimension(_length(axis, sizes))
        if axis.name:
            for each in made:
                run.name_axis(each, axis.name, *origin)
        dims.append(made)
    dtype = _DTYPES.get(claim.dtype or "", UNKNOWN_DTYPE)
    return Known(tuple(dims), BLANK, dtype, origin=origin, framework=_FRAMEWORKS.get(claim.framework or "", ""))


def renamed(run: Run, tensor: Known, claim: Claim, origin: Origin) -> Known:
    """A tensor whose axes an annotation calls otherwise: axes of their own, so that each tensor keeps its names."""
    names = [axis.name for axis in claim.axes]
    single = all(len(dimension) == 1 for dimension in tensor.dims)
    if not single or len(names) != len(tensor.dims) or any(axis.variadic or not axis.name for axis in claim.axes):
        return tensor
    dims = []
    for name, (axis,) in zip(names, tensor.dims, strict=True):
        known = run.axis_name(axis)
        if known is None or known.text != name:
            axis = new_axis(axis.size, Lineage("part", (axis,)))
            run.name_axis(axis, name, *origin)
        dims.append((axis,))
    return replace(tensor, dims=tuple(dims))


def or_none(value: Any, name: str) -> Hole:
    """What may be None instead."""
    found = value if isinstance(value, Hole) else Hole(name)
    if isinstance(value, Known):
        found.unless_none = value
    return found


def _is_the_same_for_each(claim: Any) -> bool:
    """Whether all tensors of a list have one shape: those whose every axis has a name or a length."""
    return isinstance(claim, Claim) and all(
        (axis.name and not axis.name.startswith("?") or axis.size is not None) and not axis.broadcasts
        for axis in claim.axes
    )


_DTYPES = {"bool": "bool", "int": "int64"}
_FRAMEWORKS = {"torch": "torch", "numpy": "numpy", "jax": "numpy"}


def _from_the_ends(claim: Claim, sizes: Sizes, name: str) -> Hole:
    """A tensor of unknown rank whose first and last lengths are named."""
    hole = Hole(name)
    star = next(at for at, axis in enumerate(claim.axes) if axis.variadic)
    for place, axis in enumerate(claim.axes):
        if place != star and sum(a.variadic for a in claim.axes) == 1:
            hole.lengths[place if place < star else place - len(claim.axes)] = _length(axis, sizes)
    if claim.source == "annotation":
        hole.least = sum(not axis.variadic for axis in claim.axes)
    return hole


def _length(axis: ClaimedAxis, sizes: Sizes) -> Dim:
    if axis.broadcasts:
        return size(axis.name)
    if axis.size is not None:
        return _meant(axis.size, sizes)
    if not axis.name or axis.name.startswith("?"):
        return size(axis.name.lstrip("?"))
    return sizes.setdefault(axis.name, size(axis.name))


def _meant(written: Dim, sizes: Sizes) -> Dim:
    """A polynomial of names as one of lengths."""
    for each in written.symbols:
        if each not in sizes:
            sizes[each] = size(each.strip("{}"))
    return written.subs({each: sizes[each] for each in written.symbols})


def refuted(claim: Any, tensor: Known, sizes: Sizes, run: Run) -> bool:
    """Whether a tensor contradicts a claim about it; names that are new are bound."""
    if not isinstance(claim, Claim):
        return False
    written = [axis for axis in claim.axes if not axis.variadic]
    rank = len(tensor.dims)
    if len(written) < len(claim.axes):
        return rank < len(written)
    if rank != len(written):
        return True
    for axis, length in zip(written, tensor.shape, strict=True):
        expected = _expected(axis, sizes)
        if expected is None:
            if axis.name and not axis.broadcasts and axis.size is None:
                sizes[axis.name] = length
        elif not axis.broadcasts and unlike(run.memory.size(length), run.memory.size(expected)):
            return True
    return False


def _expected(axis: ClaimedAxis, sizes: Mapping[str, Dim]) -> Dim | None:
    if axis.size is not None:
        known = all(each in sizes for each in axis.size.symbols)
        return axis.size.subs({each: sizes[each] for each in axis.size.symbols}) if known else None
    return sizes.get(axis.name)
