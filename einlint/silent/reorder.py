"""The order of dimensions for which a reshape mixes nothing, and the code that has it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, permutations
from typing import NamedTuple

from einlint.dimensions import ONE, Dim
from einlint.dimensions.alignment import reconciled
from einlint.dimensions.dim import product
from einlint.findings import Intent
from einlint.program.terms import Axis
from einlint.shapes.objects import Known, Step
from einlint.silent.inspector import Inspector
from einlint.silent.repairs import LETTERS, Question, framework_of, pattern_of, repair, text_of, whole_products
from einlint.silent.written import others_of

_MOST_DIMENSIONS = 6


class Order(NamedTuple):
    """A way from one shape to another that mixes nothing.

    `parts` are, for each dimension before, the lengths that it is split into; `moves` is the order of all these parts,
    `groups` how many of them, in that order, each dimension after is made of.
    """

    parts: tuple[tuple[Dim, ...], ...]
    moves: tuple[int, ...]
    groups: tuple[int, ...]

    @property
    def splits(self) -> bool:
        return any(len(part) > 1 for part in self.parts)

    @property
    def merges(self) -> bool:
        return any(count != 1 for count in self.groups)


def intended(tensor: Known, after: Sequence[Dim]) -> Order | None:
    """The one order in which every dimension after is a product of neighbours; None for none or several."""
    shapes = _shapes(tensor, after)
    if shapes is None or not 1 <= len(shapes[0]) <= _MOST_DIMENSIONS or len(shapes[1]) > _MOST_DIMENSIONS:
        return None
    axes, wanted = shapes
    every = [size for dimension in axes for size in dimension]
    if ONE in every or len(set(every)) < len(every):
        return None
    ranks = _significance(tensor)
    for parts in _splits(axes, wanted):
        flat = [size for part in parts for size in part]
        if len(flat) > _MOST_DIMENSIONS:
            continue
        found = [o for moves in permutations(range(len(flat))) if (o := _grouped(parts, flat, moves, wanted, ranks))]
        if found:
            return found[0] if len(found) == 1 and found[0].moves != tuple(range(len(flat))) else None
    return None


def _shapes(tensor: Known, after: Sequence[Dim]) -> tuple[list[list[Dim]], list[Dim]] | None:
    """The axes of each dimension, and the lengths after, as products: with what their number says of one length."""
    sizes = [axis.size for axis in tensor.axes]
    found = reconciled(sizes, list(after))
    products = None if found is None else whole_products(found)
    if products is None:
        return None
    own = iter(products[0])
    return [[next(own) for _ in dimension] for dimension in tensor.dims], products[1]


def _splits(axes: Sequence[Sequence[Dim]], after: Sequence[Dim]) -> Iterator[tuple[tuple[Dim, ...], ...]]:
    """The dimensions whole; those of several axes as these; each way to split one of one axis into later lengths."""
    yield tuple((product(dimension),) for dimension in axes)
    apart = tuple(tuple(dimension) for dimension in axes)
    if any(len(part) > 1 for part in apart):
        yield apart
    later = [size for size in after if size != ONE]
    for place, part in enumerate(apart):
        for count in (2, 3):
            for some in combinations(later, count):
                if len(part) == 1 and part[0] not in later and product(some) == part[0]:
                    yield (*apart[:place], some, *apart[place + 1 :])


def _grouped(
    parts: tuple[tuple[Dim, ...], ...], flat: Sequence[Dim], moves: tuple[int, ...], after: Sequence[Dim],
    ranks: Sequence[tuple[str, Dim] | None],
) -> Order | None:  # fmt: skip
    groups, at = [], 0
    for size in after:
        start, held = at, ONE
        while held != size and at < len(moves):
            held = held * flat[moves[at]]
            at += 1
        if held != size or not _in_order(moves[start:at], ranks if len(flat) == len(ranks) else ()):
            return None
        groups.append(at - start)
    return Order(parts, moves, tuple(groups)) if at == len(moves) else None


def _in_order(moves: Sequence[int], ranks: Sequence[tuple[str, Dim] | None]) -> bool:
    """Whether merged parts keep their order, or that in which they were once taken from one axis."""
    for one, other in pairwise(moves):
        first, second = (ranks[one], ranks[other]) if ranks else (None, None)
        if first is not None and second is not None and first[0] == second[0]:
            if first[1].exact(second[1]) is None or first[1] == second[1]:
                return False
        elif one > other:
            return False
    return True


def _significance(tensor: Known) -> list[tuple[str, Dim] | None]:
    """For each dimension that is a part of an axis: that axis, and the step of the part."""
    found: list[tuple[str, Dim] | None] = []
    for dimension in tensor.dims:
        axis: Axis | None = dimension[0] if len(dimension) == 1 else None
        if axis is not None and axis.lineage is not None and axis.lineage.kind == "part":
            found.append((axis.lineage.axes[0].name, axis.lineage.step))
        else:
            found.append(None)
    return found


def moved_first(inspector: Inspector, step: Step, after: Sequence[Dim]) -> Intent | None:
    """The repair of a reshape: its operand is split and permuted first."""
    tensor = step.operands[0]
    order, call = intended(tensor, after), step.node
    framework = framework_of(step)
    if order is None or not isinstance(call, ast.Call) or not framework:
        return None
    receiver, sizes = _receiver_and_sizes(step, call)
    if receiver is None or any(isinstance(each, ast.Starred) for each in sizes):
        return None
    name, texts = text_of(inspector.source, receiver), [text_of(inspector.source, each) for each in sizes]
    if name is None or None in texts or order.splits and len(texts) != len(after):
        return None
    if not isinstance(receiver, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
        name = f"({name})"
    written = [text for text in texts if text is not None]
    new = _code(name, framework, order, after, written, [f"{name}.shape[{at}]" for at in range(len(tensor.dims))])
    return None if new is None else _asked(inspector, call, tensor, framework, order, after, new)


def _receiver_and_sizes(step: Step, call: ast.Call) -> tuple[ast.expr | None, list[ast.expr]]:
    """The tensor and the lengths, one by one or as one value, of a call of reshape or view without keywords."""
    if call.keywords or step.function not in ("view", "reshape") or not isinstance(call.func, ast.Attribute):
        return None, []
    receiver = call.func.value if step.is_method else call.args[0]
    sizes = others_of(step, call)
    if len(sizes) == 1 and isinstance(sizes[0], (ast.Tuple, ast.List)):
        sizes = list(sizes[0].elts)
    return receiver, sizes


def _code(
    name: str, framework: str, order: Order, after: Sequence[Dim], sizes: Sequence[str], own: Sequence[str]
) -> str | None:
    """`x.reshape(...).permute(...).reshape(...)`, of which what does nothing is left out."""
    new = name
    if order.splits:
        by_size = {size: text for size, text in zip(after, sizes, strict=True) if text != "-1"}
        shapes = whole_products([list(after)])
        by_size |= dict(zip(shapes[0], sizes, strict=True)) if shapes is not None else {}
        parts = []
        for place, part in enumerate(order.parts):
            texts = [by_size.get(size, "") for size in part] if len(part) > 1 else [by_size.get(part[0]) or own[place]]
            parts += texts
        if not all(parts) or parts.count("-1") > 1:
            return None
        new = f"{new}.reshape({', '.join(parts)})"
    if order.moves != tuple(range(len(order.moves))):
        method = "permute" if framework == "torch" else "transpose"
        new = f"{new}.{method}({', '.join(map(str, order.moves))})"
    return f"{new}.reshape({', '.join(sizes)})" if order.merges else new


def _asked(
    inspector: Inspector, call: ast.Call, tensor: Known, framework: str, order: Order, after: Sequence[Dim], new: str
) -> Intent | None:
    shapes = _shapes(tensor, after)
    assert shapes is not None
    question = Question(framework)
    try:
        question.tensor("x", list(map(product, shapes[0])))
        lengths = [question.length(size) for size in shapes[1]]
        numbers, moves = iter(range(len(order.moves))), iter(order.moves)
        groups = [[next(numbers) for _ in part] for part in order.parts]
        merged = [[next(moves) for _ in range(count)] for count in order.groups]
        given = [
            f", {LETTERS[at]}={question.length(size)}"
            for group, part in zip(groups, order.parts, strict=True)
            for at, size in zip(group, part, strict=True)
            if len(part) > 1
        ]
    except ValueError:
        return None
    pattern = f"{pattern_of(groups)} -> {pattern_of(merged)}"
    code = _code("x", framework, order, after, lengths, [f"x.shape[{at}]" for at in range(len(tensor.dims))])
    if code is None:
        return None
    return repair(inspector.source.span(call), new, question.asking(f"rearrange(x, '{pattern}'{''.join(given)})", code))
