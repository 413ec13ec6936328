"""Reshapes that call an axis by the length of another: no element is lost, and every name is wrong.

Certain where a block of a reshape (see `dimensions/alignment.py`) holds a length, a symbol of the code and no number,
that stands at one place before and at another after: `(b, h, n, d)` to `(b, n, h*d)`. Lengths that are sums, such as
`n + 1` after a pad, are left alone: the relative shift of attention scores is written so on purpose.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import permutations
from typing import Any, NamedTuple

from einlint.dimensions import ONE, Dim
from einlint.dimensions.alignment import Block, blocks, equation, same_length, same_stride, stride
from einlint.dimensions.dim import Quotient
from einlint.operations.notation import elementary
from einlint.program.terms import Axis
from einlint.program.value import regrouped_block
from einlint.shapes.assuming import explore
from einlint.shapes.diagnosis import shape_of
from einlint.shapes.objects import Known, Step
from einlint.shapes.run import Run
from einlint.silent.inspector import OPERATIONS, Inspector
from einlint.silent.naming import axis_name
from einlint.silent.witness import described, example_sizes, held, lengths

RESHAPES = frozenset({"view", "reshape", "view_as", "reshape_as"})
PATTERNS = frozenset({"rearrange", "reduce", "repeat"})


class Moved(NamedTuple):
    """An axis before that a dimension after is called by, at another place of the same block."""

    axes: Sequence[Axis]
    after: Sequence[Dim]
    source: int
    target: int


def scramble(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Report a reshape that does not move the axis it means to move."""
    sizes = cut(run, step, result)
    if sizes is None:
        return
    tensor = step.operands[0]
    found = moved(run, tensor, sizes, _is_given(step))
    if found is None or inspector.is_fresh(tensor) or _is_shift(run, found):
        return
    name, shape = step.written(0), shape_of(result) if step.reading is None else f"`{step.reading.pattern.text}`"
    verb = "is reshaped to" if step.reading is None else "is read as"
    message = (
        f"`{name}` {shape_of(tensor)} {verb} {shape}, which does not move {_what(run, found)}: {_witness(run, found)}"
    )
    order = repair(tensor, sizes) if step.reading is None else None
    if order is not None:
        message += f"; did you mean `{name}.permute({', '.join(map(str, order))})` before it?"
    origin = [(f"`{name}` is {shape_of(tensor)}: {tensor.origin.how}", tensor.origin.row)] if tensor.origin else []
    inspector.suspect(run, "scrambled-axes", step.node, message, origin)


def cut(run: Run, step: Step, result: Any) -> list[Dim] | None:
    """The lengths, in order, that an operation cuts its operand into; None for one that does not reshape."""
    if not isinstance(result, Known) or not step.operands:
        return None
    if step.reading is not None and step.function in PATTERNS and len(step.operands) == 1:
        left, operand = step.reading.pattern.inputs[0], step.operands[0]
        outcome = explore(lambda: elementary(operand, left, step.lengths))
        if outcome is None or len(outcome.results) != 1:
            return None
        return [run.memory.size(size) for size in outcome.results[0][1]]
    ordered = any(keyword.arg == "order" for keyword in getattr(step.node, "keywords", ()))
    return list(result.shape) if step.function in RESHAPES and not ordered else None


def moved(run: Run, tensor: Known, sizes: Sequence[Dim], given: bool) -> Moved | None:
    """The axis that changes its place in a reshape to these lengths, if that is certain.

    `given` says that no length is computed from the others: then also lengths without a name are what they seem.
    """
    axes = [axis for axis in tensor.axes if axis.size != ONE]
    after = [size for size in sizes if size != ONE]
    solved = equation([axis.size for axis in axes], after)
    if solved is None:
        return None
    axes = [Axis(axis.name, axis.size.subs(solved), axis.lineage) for axis in axes]
    after = [size.subs(solved) for size in after]
    every = blocks([axis.size for axis in axes], after)
    if sum(len(block.before) == len(block.after) == 2 for block in every) > 1:  # windows become a grid, on purpose
        return None
    for block in every:
        found = _moved_in(axes[block.before.start : block.before.stop], after[block.after.start : block.after.stop])
        if found is not None and (not solved and given or all(axis_name(run, axis) != "?" for axis in found.axes)):
            return found
    return None


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
            return Moved(axes, after, source, places[0])
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


def _is_shift(run: Run, found: Moved) -> bool:
    """Whether two lengths are exchanged in a function that cuts off fronts: the relative shift of attention scores."""
    if len(found.after) != 2 or not run.active:
        return False
    slices = (node for node in ast.walk(run.active[-1]) if isinstance(node, ast.Subscript))
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
    return f"`{axis_name(run, found.axes[found.source])}`"


def _witness(run: Run, found: Moved) -> str:
    """What one index of the axis that was meant holds instead."""
    before = [axis.size for axis in found.axes]
    sizes = example_sizes(before, found.after)
    name = axis_name(run, found.axes[found.source])
    if sizes is None:
        return f"its index 0 does not hold `{name}` 0"
    own, other = lengths(before, sizes), lengths(found.after, sizes)
    assert own is not None and other is not None
    names = [axis_name(run, axis) for axis in found.axes]
    written = ", ".join(f"{n}={size}" for n, size in zip(names, own, strict=True))
    got = described(held(own, other, found.target, 0), names, own)
    return f"with {written}, index 0 of what is called `{name}` holds {got} instead of {name} 0"


OPERATIONS.append(scramble)
