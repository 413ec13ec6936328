"""Tensors of unknown rank: what methods and layers say of them, and what they turn out to be."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from einlint.dimensions import ONE, dim
from einlint.dimensions.dim import product
from einlint.dimensions.steps import TooLarge
from einlint.program.terms import Lineage, new_axis
from einlint.program.value import BLANK, dimension
from einlint.shapes.dispatch import call, unknown_call
from einlint.shapes.memory import tensor
from einlint.shapes.objects import Hole, Known, Listing, Method, Origin, RankOf, ShapeOf, length, size
from einlint.shapes.run import MOST_PARTS, Run

RANKS = {"bmm": 3, "mm": 2}
"""Products of tensors of one rank only."""
FLAT = ("flat",)
"""The member of an unknown tensor that is the axis of all its elements."""
_SAME = frozenset(
    """contiguous clone detach to float half bfloat16 double type type_as cuda cpu requires_grad_ copy astype
    softmax sigmoid tanh relu exp log sqrt abs neg square detach_""".split()
)
"""Methods that return a tensor of the shape of their receiver."""


def call_of_hole(
    run: Run, hole: Hole, name: str, args: list[Any], kwargs: dict[str, Any], node: ast.Call | None
) -> Any:
    """A method of something unknown: what it returns, where the method alone says so."""
    if run.observer is not None and node is not None:
        run.observer.called_unknown(run, hole, name, len(args), node)
    if name in _SAME:
        return hole
    hole.forget()
    if name == "size":
        return size_at(run, hole, args[0]) if args else ShapeOf(hole)
    if name in ("dim", "ndimension"):
        return RankOf(hole)
    if name == "chunk" and args and type(args[0]) is int and 0 < args[0] <= MOST_PARTS:
        return _chunks(run, hole, args, kwargs)
    if name in ("view", "reshape") and node is not None and not kwargs:
        return _reshaped(run, hole, args, node)
    if name == "permute" and node is not None and args and all(type(a) is int for a in args):
        origin = Origin(node.lineno, f"permuted as {len(args)} dimensions")
        run.memory.holes[hole] = ranked(run, hole, len(args), origin)
        return call(run, Method(run.memory.current(hole), name), args, kwargs, node)
    return unknown_call(run, args, kwargs)


def ranked_as(run: Run, value: Any, rank: int, node: ast.Call | None) -> Any:
    """What must be of this rank, once a product that takes no other has returned."""
    hole = run.memory.current(value)
    if not isinstance(hole, Hole) or node is None:
        return value
    run.memory.holes[hole] = ranked(run, hole, rank, Origin(node.lineno, f"multiplied as {rank} dimensions"))
    return run.memory.current(hole)


def ranked(run: Run, hole: Hole, rank: int, origin: Origin, names: Sequence[str] = ()) -> Known:
    """A tensor of this rank, with the lengths that are known of it."""
    sizes = []
    for place in range(rank):
        found = hole.length(place, rank)
        sizes.append(found if found is not None else size(names[place] if names else ""))
    run.memory.settle(hole, sizes)
    return tensor(sizes, origin)


def _chunks(run: Run, hole: Hole, args: list[Any], kwargs: dict[str, Any]) -> Any:
    count = args[0]
    parts = [Hole() for _ in range(count)]
    along = args[1] if len(args) > 1 else kwargs.get("dim", 0)
    whole = hole.lengths.get(-1)
    for part in parts if type(along) is int else ():
        part.connect(hole, along)
    if along == -1 and whole is not None:
        share = run.memory.size(dim(whole)).exact(dim(count))
        if share is not None:
            for part in parts:
                part.lengths[-1] = share
    return tuple(parts)


def _reshaped(run: Run, hole: Hole, args: list[Any], node: ast.Call) -> Any:
    """`x.view(b, n, -1)`: as many dimensions as are written, each a part of all the elements in their order."""
    if len(args) == 1:
        only = run.memory.current(args[0])
        args = list(only) if isinstance(only, tuple) else list(only.items or []) if isinstance(only, Listing) else []
    values = [run.memory.current(a) for a in args]
    lengths = [length(v) for v in values]
    for each in values if len(values) > 1 else ():  # only a number can stand there
        if isinstance(each, Hole) and not each.parents:
            each.numeric = True
    if not lengths or any(each is None for each in lengths):
        return Hole()
    sizes = [size("") if each.constant == -1 else each for each in lengths if each is not None]
    try:
        flat = hole.members.setdefault(FLAT, new_axis(product(sizes)))
    except TooLarge:
        return tensor(sizes, Origin(node.lineno, "made by `view`"))
    dims = [dimension(size) for size in sizes]
    if flat.size == product(sizes):
        steps = [product(sizes[place + 1 :]) for place in range(len(sizes))]
        dims = [
            () if s == ONE else (new_axis(s, Lineage("part", (flat,), step=step)),)
            for s, step in zip(sizes, steps, strict=True)
        ]
    found = Known(tuple(dims), BLANK, origin=Origin(node.lineno, "made by `view`"))
    if run.observer is not None:
        run.observer.cut(run, found, node)
    return found


def size_at(run: Run, hole: Hole, index: Any) -> Any:
    """`x.shape[i]` of a tensor of unknown rank: a length, the same one each time."""
    if type(index) is not int:
        return Hole()
    if index not in hole.lengths:
        hole.lengths[index] = size(f"{hole.name or 'x'}.shape[{index}]")
    return hole.lengths[index]
