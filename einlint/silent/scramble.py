"""Reshapes that call an axis by the length of another: no element is lost, and every name is wrong.

Certain where a block of a reshape (see `dimensions/alignment.py`) holds a length, a symbol of the code and no number,
that stands at one place before and at another after: `(b, h, n, d)` to `(b, n, h*d)`. Lengths that are sums, such as
`n + 1` after a pad, are left alone: the relative shift of attention scores is written so on purpose.
"""

from __future__ import annotations

import ast
from collections.abc import Hashable, Mapping, Sequence
from itertools import permutations
from typing import Any, NamedTuple

from einlint.dimensions import ONE, Dim, dim
from einlint.dimensions.alignment import Block, blocks, reconciled, same_length, same_stride, stride
from einlint.dimensions.dim import Quotient, product
from einlint.operations.notation import elementary
from einlint.patterns.model import Pattern
from einlint.program.terms import Axis
from einlint.program.value import BLANK, dimension, regrouped_block
from einlint.shapes.diagnosis import shape_of, shown
from einlint.shapes.dispatch import value_of
from einlint.shapes.objects import Hole, Known, Origin, Step
from einlint.shapes.objects import length as integer_of
from einlint.shapes.objects import size as new_length
from einlint.shapes.remembered import numbered, outcome_of
from einlint.shapes.run import Run
from einlint.silent.inspector import OPERATIONS, UNKNOWN_CALLS, Inspector
from einlint.silent.naming import axis_name
from einlint.silent.witness import described, example_sizes, held, lengths

RESHAPES = frozenset({"view", "reshape", "view_as", "reshape_as"})
_MOVES = ("permute", "transpose", "swapaxes", "movedim", "moveaxis")
_LAYERS = ("torch.nn.Linear", "torch.nn.Conv", "torch.nn.LayerNorm")
_MOST_AXES = 5
PATTERNS = frozenset({"rearrange", "reduce", "repeat"})
_MOST_REMEMBERED = 4096
_in_order: set[Hashable] = set()
"""Lengths before and after, numbered, between which no axis changes its place."""


class Moved(NamedTuple):
    """The axes before, one or several, that a dimension after is called by, at another place of the same block."""

    axes: Sequence[Axis]
    after: Sequence[Dim]
    sources: tuple[int, ...]
    target: int


def scramble(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Report a reshape that does not move the axis it means to move."""
    if step.reading is not None and all(len(group.axes) < 2 for group in step.reading.pattern.inputs[0].groups):
        return  # a pattern that splits no dimension cuts nothing
    sizes = cut(run, step, result)
    if sizes is None:
        return
    tensor = step.operands[0]
    found = moved(run, tensor, sizes, _is_given(step))
    if found is None and isinstance(step.nodes[0], ast.Name) and _is_misaligned(tensor, sizes):
        inspector.pending.update({axis.name: (step, result) for axis in result.axes if axis not in tensor.axes})
    if found is None or inspector.is_fresh(tensor) or _is_shift(run, found) or _is_swizzle(tensor, sizes):
        return
    name, shape = step.written(0), shape_of(result) if step.reading is None else f"`{step.reading.pattern.text}`"
    verb = "is reshaped to" if step.reading is None else "is read as"
    message = (
        f"`{name}` {shape_of(tensor)} {verb} {shape}, which does not move {_what(run, found)}: {witness(run, found)}"
    )
    order = repair(tensor, sizes) if step.reading is None else None
    if order is not None:
        message += f"; did you mean `{name}.permute({', '.join(map(str, order))})` before it?"
    origin = [(f"`{name}` is {shape_of(tensor)}: {tensor.origin.how}", tensor.origin.row)] if tensor.origin else []
    inspector.suspect(run, "scrambled-axes", step.node, message, origin)


def fed_misaligned(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Report a reshape between written lengths that do not fit into each other once a layer or a pattern reads it."""
    if not inspector.pending or not (step.what.startswith(_LAYERS) or step.reading is not None):
        return
    axes = (axis for tensor in step.operands for axis in tensor.axes)
    found = next((inspector.pending[axis.name] for axis in axes if axis.name in inspector.pending), None)
    if found is None:
        return
    made, reshaped = found
    tensor = made.operands[0]
    own, other = ([size.constant or 0 for size in each.shape] for each in (tensor, reshaped))
    names = [f"dimension {place}" for place in range(len(own))]
    got = described(held(own, other, 0, 0), names, own)
    message = (
        f"`{made.written(0)}` {shape_of(tensor)} is reshaped to {shape_of(reshaped)}, where no dimension is a product "
        f"of neighbours: row 0 holds {got}"
    )
    inspector.suspect(run, "scrambled-axes", made.node, message, [("it is used here", step.node.lineno)])


def _is_misaligned(tensor: Known, sizes: Sequence[Dim]) -> bool:
    """Whether all lengths are numbers, and a dimension after is made of pieces of dimensions before."""
    axes, after = [a for a in tensor.axes if a.size != ONE], [size for size in sizes if size != ONE]
    every = [*(axis.size for axis in axes), *after]
    if len(axes) < 2 or len(after) < 2 or any(size.constant is None for size in every):
        return False
    found = blocks([axis.size for axis in axes], after)
    return any(
        len(b.before) > 1
        and len(b.after) > 1
        and regrouped_block(axes[b.before.start : b.before.stop], after[b.after.start : b.after.stop]) is None
        for b in found
    )


def scramble_of_words(inspector: Inspector, run: Run, hole: Hole, name: str, given: int, node: ast.Call) -> None:
    """Report a reshape of a tensor of which only words are known, those of lengths that the function unpacked."""
    if name not in RESHAPES or hole.hint is None or hole.hint.of_elements or not given or node.keywords:
        return
    written = node.args[-given:]
    values = [value_of(run, each) for each in written]
    values = list(values[0]) if len(values) == 1 and isinstance(values[0], tuple) else values
    sizes = [integer_of(run.memory.current(value)) for value in values]
    shape = [_meant(run, word) for word in hole.hint.words]
    if not all(sizes) or any(size is None for size in (*sizes, *shape)) or any(size == -1 for size in sizes):
        return
    dims = tuple(dimension(size) for size in shape if size is not None)
    tensor = Known(dims, BLANK, origin=Origin(hole.hint.row, "said there"))
    for word, made in zip(hole.hint.words, dims, strict=True):
        for axis in made:
            run.labels[axis.name] = word
    result = Known(tuple(dimension(size) for size in sizes if size is not None), BLANK)
    value = node.args[0] if len(node.args) > given else getattr(node.func, "value", node)
    scramble(inspector, run, Step(f"Tensor.{name}", node, (tensor,), (value,)), result)


def _meant(run: Run, word: str) -> Dim | None:
    """The length that a word or a product of words stands for: one that the function unpacked, or a new one."""
    factors = word.split("*")
    known = [run.memory.current(run.memory.frame.names.get(factor)) for factor in factors]
    if all(factor.isdecimal() for factor in factors):
        return product(dim(int(factor)) for factor in factors)
    if all(isinstance(each, Dim) for each in known):
        return product(known)
    return None if any(isinstance(each, Dim) for each in known) else new_length(word.replace("*", "_"))


def cut(run: Run, step: Step, result: Any) -> list[Dim] | None:
    """The lengths, in order, that an operation cuts its operand into; None for one that does not reshape."""
    if not isinstance(result, Known) or not step.operands:
        return None
    if step.reading is not None and step.function in PATTERNS and len(step.operands) == 1:
        outcome = outcome_of(_pieces, (step.operands[0], step.reading.pattern, dict(step.lengths)))
        if outcome is None or len(outcome.results) != 1:
            return None
        return [run.memory.size(size) for size in outcome.results[0]]
    ordered = any(keyword.arg == "order" for keyword in getattr(step.node, "keywords", ()))
    return list(result.shape) if step.function in RESHAPES and not ordered else None


def _pieces(tensor: Known, pattern: Pattern, lengths: Mapping[str, Any]) -> list[Dim]:
    """The lengths of the axes that the input of a pattern has."""
    return elementary(tensor, pattern.inputs[0], lengths)[1]


def moved(run: Run, tensor: Known, sizes: Sequence[Dim], given: bool) -> Moved | None:
    """The axis that changes its place in a reshape to these lengths, if that is certain.

    That none does is remembered: it depends on lengths alone, whatever their symbols are called.
    `given` says that no length is computed from the others: then also lengths without a name are what they seem.
    """
    axes = [axis for axis in tensor.axes if axis.size != ONE]
    after = [size for size in sizes if size != ONE]
    lengths_before = [axis.size for axis in axes]
    key = numbered((lengths_before, after))
    if key in _in_order:
        return None
    found = reconciled(lengths_before, after)
    same = found == (lengths_before, after)
    exchanges = [] if found is None else _exchanges(axes, *found)
    if not exchanges and key is not None:
        if len(_in_order) >= _MOST_REMEMBERED:
            _in_order.clear()
        _in_order.add(key)
    for exchanged in exchanges:
        if same and given or all(axis_name(run, axis) != "?" for axis in exchanged.axes):
            return exchanged
    return None


def _exchanges(axes: Sequence[Axis], before: Sequence[Dim], after: Sequence[Dim]) -> list[Moved]:
    """What each block moves, of axes that have these lengths."""
    axes = [Axis(axis.name, size, axis.lineage) for axis, size in zip(axes, before, strict=True)]
    every = blocks(before, after)
    if sum(len(block.before) == len(block.after) == 2 for block in every) > 1:  # windows become a grid, on purpose
        return []
    stretches = ((axes[b.start : b.stop], after[a.start : a.stop]) for b, a in every)
    return [found for one, other in stretches if (found := _moved_in(one, other)) is not None]


def _moved_in(axes: Sequence[Axis], after: Sequence[Dim]) -> Moved | None:
    before = [axis.size for axis in axes]
    if len(axes) < 2 or len(after) < 2 or regrouped_block(axes, after) is not None:
        return None
    if not all(map(_is_plain, (*before, *after))):
        return None
    for source, size in enumerate(before):
        places = [at for at, each in enumerate(after) if same_length(size, each)]
        alone = sum(same_length(size, each) for each in before) == len(places) == 1
        if alone and size.constant is None and not same_stride(stride(before, source), stride(after, places[0])):
            return Moved(axes, after, (source,), places[0])
    return _merged(axes, after)


def _merged(axes: Sequence[Axis], after: Sequence[Dim]) -> Moved | None:
    """Axes that are no neighbours and that a dimension after is the product of."""
    sizes = [axis.size for axis in axes]
    if len(axes) > _MOST_AXES or len(axes) <= len(after) or any(size.constant is not None for size in after):
        return None
    for order in permutations(range(len(axes))):
        every = blocks([sizes[at] for at in order], after)
        if all(len(block.after) == 1 for block in every):
            for block in every:
                parts = tuple(order[block.before.start : block.before.stop])
                if len(parts) > 1 and list(parts) != list(range(parts[0], parts[0] + len(parts))):
                    return Moved(axes, after, parts, block.after.start)
    return None


def _is_given(step: Step) -> bool:
    """Whether all lengths of a reshape are written, without -1."""
    return step.reading is None and not any(isinstance(node, ast.UnaryOp) for node in ast.walk(step.node))


def _is_plain(size: Dim) -> bool:
    """Whether a length is a product of lengths and of single ones divided: no sum, no `-1` that did not divide."""
    atoms = [atom for monomial, _ in size.terms for atom, _ in monomial]
    divided = [atom.numerator for atom in atoms if isinstance(atom, Quotient)]
    return len(size.terms) == 1 and all(
        d.name is not None or len(d.terms) == 1 and len(d.symbols) == 1 for d in divided
    )


def _is_swizzle(tensor: Known, sizes: Sequence[Dim]) -> bool:
    """Whether two dimensions or more were split, moved and are merged to the very shape from before: tiles of a layout
    in memory, as kernels want it. Where the shape from before is not known, the tiles have numbers as lengths.
    """
    made, is_moved = tensor.made, False
    while made is not None and len(made.operands) == 1 and made.function in (*_MOVES, "contiguous", "clone"):
        is_moved |= made.function in _MOVES
        made = made.operands[0].made
    if not is_moved or len(tensor.dims) < len(sizes) + 2:
        return False
    if made is None:
        return sum(size != ONE and size.constant is not None for size in tensor.shape) > 1
    return made.function in RESHAPES and [list(each.shape) for each in made.operands] == [list(sizes)]


def _is_shift(run: Run, found: Moved) -> bool:
    """Whether two lengths are exchanged in a function that cuts off fronts: the relative shift of attention scores."""
    return len(found.axes) == len(found.after) == 2 and cuts_fronts(run)


def cuts_fronts(run: Run) -> bool:
    """Whether the function that is read has a slice from some place on."""
    slices = (node for node in ast.walk(run.active[-1]) if isinstance(node, ast.Subscript)) if run.active else ()
    parts = [part for s in slices for part in (s.slice.elts if isinstance(s.slice, ast.Tuple) else [s.slice])]
    return any(isinstance(part, ast.Slice) and part.lower is not None for part in parts)


def repair(tensor: Known, sizes: Sequence[Dim]) -> tuple[int, ...] | None:
    """The one order of the dimensions for which the reshape splits and merges neighbours only."""
    dims = tensor.dims
    if not 2 <= len(dims) <= 6:
        return None
    fitting = [order for order in permutations(range(len(dims))) if _fits([dims[at] for at in order], sizes)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(dims: Sequence[Sequence[Axis]], sizes: Sequence[Dim]) -> bool:
    axes = [axis for dimension in dims for axis in dimension if axis.size != ONE]
    found: list[Block] = blocks([axis.size for axis in axes], [size for size in sizes if size != ONE])
    return all(len(block.before) == 1 or len(block.after) == 1 for block in found)


def _what(run: Run, found: Moved) -> str:
    names = [f"`{axis_name(run, found.axes[source])}`" for source in found.sources]
    return names[0] if len(names) == 1 else f"{' and '.join(names)} next to each other"


def witness(run: Run, found: Moved) -> str:
    """What one index of the axis that was meant holds instead."""
    before = [axis.size for axis in found.axes]
    sizes = example_sizes(before, found.after)
    meant = ", ".join(f"{axis_name(run, found.axes[source])} 0" for source in found.sources)
    name = axis_name(run, found.axes[found.sources[0]]) if len(found.sources) == 1 else shown(found.after[found.target])
    if sizes is None:
        return f"its index 0 does not hold `{name}` 0"
    own, other = lengths(before, sizes), lengths(found.after, sizes)
    assert own is not None and other is not None
    names = [axis_name(run, axis) for axis in found.axes]
    written = ", ".join(f"{n}={size}" for n, size in zip(names, own, strict=True))
    got = described(held(own, other, found.target, 0), names, own)
    return f"with {written}, index 0 of what is called `{name}` holds {got} instead of {meant}"


OPERATIONS += [scramble, fed_misaligned]
UNKNOWN_CALLS.append(scramble_of_words)
