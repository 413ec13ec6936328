"""Reshapes of a tensor by its own lengths, in another order than they have.

`x.reshape(x.shape[0], h, x.shape[1], -1)` says which dimension each length belongs to: before dimension 1 stands
`x.shape[0]`, and before its length in the result `x.shape[0] * h`: it is not moved. Certain where one of these products
is a multiple of the other, or where two lengths of the tensor stand for each other. The rank need not be known; where
it is, `scramble.py` compares names, and this only lengths that are written as `x.shape[1]`.
Left alone: a first or last dimension that is not there any more or is 1, a length that the tensor or the result has
twice, and reshapes without `-1` that drop lengths, which must be 1.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from einlint.dimensions import ONE, Dim, symbol
from einlint.dimensions.alignment import exact
from einlint.dimensions.dim import product
from einlint.program.terms import Axis
from einlint.shapes.diagnosis import shown
from einlint.shapes.objects import Hole, Step
from einlint.shapes.run import Run
from einlint.silent.inspector import OPERATIONS, UNKNOWN_CALLS, Inspector
from einlint.silent.layouts import packs_bits, rewrites_memory
from einlint.silent.scramble import Moved, cuts_fronts, witness
from einlint.silent.witness import example_sizes
from einlint.silent.written import lengths_of, others_of, tensor_of

_RESHAPES = frozenset({"view", "reshape"})
_SIZES = ("shape", "size")


class Shape(NamedTuple):
    """Lengths by the numbers of their dimensions, all counted from the front or all from the end.

    `is_open` says that there may be others: behind these, or before them where they are counted from the end.
    """

    known: Mapping[int, Dim]
    is_open: bool


def scramble_of_lengths(inspector: Inspector, run: Run, hole: Hole, name: str, given: int, node: ast.Call) -> None:
    """Report a reshape that calls a dimension by the length of another one of the same tensor."""
    if name in _RESHAPES and given and not node.keywords and hole.lengths:
        sizes = _written(run, node.args[-given:])
        value = tensor_of(node, given)
        for front in (True, False):
            _judge(inspector, run, node, value, Shape(_counted(hole, front), is_open=True), sizes)


def scramble_of_own_lengths(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Report the same of a tensor of known rank whose lengths have no names."""
    node = step.node
    if isinstance(node, ast.Call) and not node.keywords and step.operands:
        value, tensor = step.nodes[0], step.operands[0]
        written = others_of(step, node)
        read = (part for each in written for part in ast.walk(each) if isinstance(part, ast.Attribute))
        if not any(part.attr in _SIZES for part in read):
            return
        asked = {f"{ast.unparse(value)}.{way}" for way in _SIZES} if isinstance(value, ast.expr) else set()
        if any(ast.unparse(each).startswith(tuple(asked)) for each in written):
            known = dict(enumerate(run.memory.size(size) for size in tensor.shape))
            _judge(inspector, run, node, value, Shape(known, is_open=False), _written(run, written))


def _judge(
    inspector: Inspector, run: Run, node: ast.expr, value: ast.AST | str, shape: Shape, sizes: Sequence[Dim]
) -> None:
    place = next((each for each in shape.known if _is_displaced(shape, sizes, each)), None)
    if place is None or cuts_fronts(run) and _are_exchanged(list(shape.known.values()), sizes):
        return
    text = ast.unparse(value) if isinstance(value, ast.AST) else value
    if packs_bits(run) or rewrites_memory(run, text):
        return
    message = (
        f"`{text}` is reshaped to ({', '.join(map(shown, sizes))}), which does not move dimension {place}, "
        f"`{shown(shape.known[place])}`: {_example(run, shape, sizes, place)}"
    )
    inspector.suspect(run, "scrambled-axes", node, message)


def _written(run: Run, nodes: Sequence[ast.expr]) -> list[Dim]:
    """The lengths of a reshape; none where one is not a product or not known to be an integer."""
    sizes = lengths_of(run, nodes)
    found = [size for size in sizes if size is not None and len(size.terms) == 1]
    return found if len(found) == len(sizes) and sum(size.constant == -1 for size in found) < 2 else []


def _counted(hole: Hole, front: bool) -> dict[int, Dim]:
    """The dimensions from the front, or from the end, up to the last of which the length is known."""
    places = [place for place in hole.lengths if (place >= 0) is front]
    every = range(max(places) + 1) if places and front else range(min(places, default=0), 0)
    return {at: hole.lengths.get(at, symbol(f"{hole.name or 'x'}.shape[{at}]")) for at in every}


def _is_displaced(shape: Shape, sizes: Sequence[Dim], place: int) -> bool:
    """Whether the result certainly has the length of a dimension at another place. The side without -1 is compared."""
    known, length = shape.known, shape.known[place]
    if length.name is None or length not in sizes or sum(length.name in size.symbols for size in sizes) > 1:
        return False
    if sum(size == length for size in known.values()) > 1:
        return False
    target = sizes.index(length)
    opened = next((at for at, size in enumerate(sizes) if size.constant == -1), None)
    in_front = opened > target if opened is not None else place >= 0
    own = [size for at, size in known.items() if (at < place if in_front else at > place)]
    others = sizes[:target] if in_front else sizes[target + 1 :]
    if opened is None:
        own = _without_units(own, known, sizes)
    before, after = _without_common(product(own), product(others))
    if before == after:
        return False
    if shape.is_open and in_front is (place < 0):
        return after == ONE != before
    if ONE in (before, after):
        is_left_out = before.name is not None and not any(before.name in size.symbols for size in sizes)
        is_at_an_end = any(all(size == ONE for size in side) for side in (sizes[:target], sizes[target + 1 :]))
        return not (is_left_out and before in known.values() and is_at_an_end)
    return before in known.values() and after in known.values()


def _are_exchanged(before: Sequence[Dim], after: Sequence[Dim]) -> bool:
    """Whether two neighbours stand for each other and nothing else changes: a relative shift, where fronts are cut."""
    one, other = _differing(before, after)
    return len(one) == 2 and list(one) == list(other)[::-1]


def _without_units(own: Sequence[Dim], known: Mapping[int, Dim], sizes: Sequence[Dim]) -> list[Dim]:
    """Lengths without those that must be 1, as the reshape leaves them out."""
    left, added = _without_common(product(known.values()), product(sizes))
    return [size for size in own if added != ONE or size.name is None or size.name not in left.symbols]


def _without_common(one: Dim, other: Dim) -> tuple[Dim, Dim]:
    """Two products without the factors that both have."""
    (a, b), (c, d) = exact(one), exact(other)
    one, other = a * d, c * b
    for name in sorted(one.symbols & other.symbols):
        factor = symbol(name)
        while (less := one.exact(factor)) is not None and (fewer := other.exact(factor)) is not None:
            one, other = less, fewer
    return one, other


def _example(run: Run, shape: Shape, sizes: Sequence[Dim], place: int) -> str:
    """Where elements go: of a tensor of the dimensions that are known, or of one with one more."""
    known, rest = shape.known, symbol("rest")
    after = [symbol("-1") if size.constant == -1 else size for size in sizes if size != ONE]
    lengths = list(known.values())
    for before in (lengths, [*lengths, rest] if place >= 0 else [rest, *lengths]):
        own, others = _differing(before, after)
        if known[place] in own and known[place] in others and example_sizes(own, others) is not None:
            break
    else:
        return f"index 0 of what is called `{shown(known[place])}` is not index 0 of dimension {place}"
    axes = [Axis(f"{at}", size) for at, size in enumerate(own)]
    return witness(run, Moved(axes, others, (own.index(known[place]),), others.index(known[place])))


def _differing(one: Sequence[Dim], other: Sequence[Dim]) -> tuple[Sequence[Dim], Sequence[Dim]]:
    """Two shapes without the dimensions in which they agree at their ends."""
    start = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    one, other = one[start:], other[start:]
    backwards = enumerate(zip(reversed(one), reversed(other), strict=False))
    end = next((at for at, pair in backwards if pair[0] != pair[1]), 0)
    return one[: len(one) - end], other[: len(other) - end]


UNKNOWN_CALLS.append(scramble_of_lengths)
OPERATIONS.append((scramble_of_own_lengths, _RESHAPES))
