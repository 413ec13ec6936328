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
from einlint.dimensions.alignment import blocks, reconciled, same_length, same_stride, stride
from einlint.dimensions.dim import Quotient, product
from einlint.operations.notation import elementary
from einlint.patterns.model import Expression, Pattern
from einlint.program.terms import Axis
from einlint.program.value import BLANK, dimension, regrouped_block
from einlint.shapes.diagnosis import shape_of, shown
from einlint.shapes.objects import Hole, Known, Origin, Step
from einlint.shapes.objects import size as new_length
from einlint.shapes.remembered import numbered, outcome_of
from einlint.shapes.run import Run
from einlint.silent.inspector import OPERATIONS, UNKNOWN_CALLS, Inspector
from einlint.silent.layouts import RESHAPES, is_for_a_kernel, nodes_read
from einlint.silent.naming import axis_name, named, readable_names, shape_in_names
from einlint.silent.pairing import aligned
from einlint.silent.reorder import moved_first
from einlint.silent.repairs import suggested
from einlint.silent.repeats import TILES, interleaved, is_copy, maker
from einlint.silent.witness import described, example_sizes, held, lengths
from einlint.silent.written import lengths_of, tensor_of

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
    if step.reading is not None and not _splits_merged(step.reading.pattern.inputs[0], step.operands):
        return  # what a pattern cuts out of one axis stays in its place
    sizes = cut(run, step, result)
    if sizes is None:
        return
    tensor = step.operands[0]
    found = _moved(run, step, sizes)
    if found is None and isinstance(step.nodes[0], ast.Name) and _is_misaligned(tensor, sizes):
        inspector.pending.update({axis.name: (step, result) for axis in result.axes if axis not in tensor.axes})
    if (
        found is None
        or inspector.is_fresh(tensor)
        or _is_shift(run, tensor, found)
        or is_for_a_kernel(run, step, sizes)
    ):
        return
    if _is_split_again(inspector, run, step, tensor, found):
        return
    copied = _copied(tensor, found)
    if copied is not None:
        _report_copy(inspector, run, step, found, *copied)
        return
    own = shape_in_names(run, tensor)
    name, shape = step.written(0), f"`{step.reading.pattern.text}`" if step.reading else shape_in_names(run, result)
    verb = "is reshaped to" if step.reading is None else "is read as"
    intent = moved_first(inspector, step, list(result.shape)) if step.reading is None else None
    message = (
        f"`{name}` {own} {verb} {shape}, which does not move {_what(run, tensor, found)}: "
        f"{witness(run, found, tensor)}{suggested(intent)}"
    )
    origin = [(f"`{name}` is {own}: {tensor.origin.how}", tensor.origin.row)] if tensor.origin else []
    inspector.suspect(run, "scrambled-axes", step.node, message, origin, intent=intent)


def _splits_merged(expression: Expression, operands: Sequence[Known]) -> bool:
    """Whether a pattern splits a dimension of several axes."""
    dims = operands[0].dims if operands else ()
    return any(len(group.axes) > 1 and len(axes) > 1 for group, axes in aligned(expression, dims))


def _is_split_again(inspector: Inspector, run: Run, step: Step, tensor: Known, found: Moved) -> bool:
    """Whether a pattern splits a dimension in another order than one before did: windows and a grid, on purpose."""
    if step.reading is None or tensor.origin is None or not tensor.origin.how.startswith("read as"):
        return False
    names = {axis.name for axis in found.axes}
    again = any(names <= {axis.name for axis in dimension} for dimension in tensor.dims)
    return again and inspector.is_merged_back(run, step.reading)


def _copied(tensor: Known, found: Moved) -> tuple[Step, Axis] | None:
    """The step that made a tensor of copies, where a reshape reads these in the other order."""
    copies = [axis for axis in found.axes if is_copy(axis)]
    together = any(set(found.axes) <= set(dimension) for dimension in tensor.dims)
    if len(copies) != 1 or len(found.axes) != 2 or len(found.after) != 2 or not together:
        return None
    made = maker(tensor, copies)
    return (made, copies[0]) if made is not None and made.function in TILES else None


def _report_copy(inspector: Inspector, run: Run, step: Step, found: Moved, made: Step, copy: Axis) -> None:
    held, read = ([axis_name(run, axis) for axis in axes] for axes in (found.axes, found.axes[::-1]))
    name, times = axis_name(run, copy), axis_name(run, next(axis for axis in found.axes if axis is not copy))
    message = (
        f"`{made.written(0)}` is repeated as a whole, in the order `({' '.join(held)})`, and read as "
        f"`({' '.join(read)})` at line {step.node.lineno}: what is called `{times}` 0 there holds the entries "
        f"0, 1, ..., not copies of entry 0; repeat each entry instead, with `repeat_interleave`"
    )
    places = [(f"read as `({times} {name})`", step.node.lineno)]
    inspector.suspect(run, "repeat-order", made.node, message, places, intent=interleaved(inspector, made, [copy]))


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
    sizes = lengths_of(run, node.args[-given:])
    told = [run.memory.size(size) for size in hole.hint.sizes]
    meant = [_meant(run, word) for word in hole.hint.words]
    known = told or [size for size in meant if size is not None]
    lengths_after = _completed(sizes, known) if None not in sizes and len(known) == len(meant) else []
    if not lengths_after:
        return
    dims = tuple(map(dimension, known))
    tensor = Known(dims, BLANK, origin=Origin(hole.hint.row, hole.hint.how))
    for word, made in zip(hole.hint.words, dims, strict=True):
        for axis in made:
            run.labels[axis.name] = word
    result = Known(tuple(map(dimension, lengths_after)), BLANK)
    value = tensor_of(node, given)
    scramble(inspector, run, Step(f"Tensor.{name}", node, (tensor,), (value,)), result)


def _completed(sizes: Sequence[Dim | None], shape: Sequence[Dim]) -> list[Dim]:
    """Lengths with -1 replaced by what is left of a shape; none where that does not divide."""
    written = [size for size in sizes if size is not None]
    if not any(size.constant == -1 for size in written):
        return written
    rest = product(shape).exact(product(size for size in written if size.constant != -1))
    return [] if rest is None else [rest if size.constant == -1 else size for size in written]


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


def _moved(run: Run, step: Step, sizes: Sequence[Dim]) -> Moved | None:
    """The axis that changes its place in a reshape to these lengths, if that is certain.

    That none does is remembered: it depends on lengths alone, whatever their symbols are called.
    Where no length is computed from the others, also lengths without a name are what they seem.
    """
    tensor = step.operands[0]
    axes = [axis for axis in tensor.axes if axis.size != ONE]
    after = [size for size in sizes if size != ONE]
    lengths_before = [axis.size for axis in axes]
    if lengths_before == after:
        return None
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
    if tensor.hearsay is not None and not same:
        return None  # a comment whose lengths do not multiply to those of the code is written in other terms
    for exchanged in exchanges:
        if same and _is_given(step) or all(axis_name(run, axis) != "?" for axis in exchanged.axes):
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


def _is_shift(run: Run, tensor: Known, found: Moved) -> bool:
    """Whether two lengths are exchanged in a function that cuts off fronts: the relative shift of attention scores."""
    names = {axis.name for axis in found.axes}
    held = sum(not names.isdisjoint(axis.name for axis in dimension) for dimension in tensor.dims)
    return held == len(found.after) == 2 and cuts_fronts(run)


def cuts_fronts(run: Run) -> bool:
    """Whether the function that is read has a slice from some place on."""
    slices = (node for node in nodes_read(run) if isinstance(node, ast.Subscript))
    parts = [part for s in slices for part in (s.slice.elts if isinstance(s.slice, ast.Tuple) else [s.slice])]
    return any(isinstance(part, ast.Slice) and part.lower is not None for part in parts)


def _what(run: Run, tensor: Known, found: Moved) -> str:
    every = readable_names(run, tensor, found.axes)
    names = [f"`{every[source]}`" for source in found.sources]
    return names[0] if len(names) == 1 else f"{' and '.join(names)} next to each other"


def witness(run: Run, found: Moved, tensor: Known | None = None) -> str:
    """What one index of the axis that was meant holds instead."""
    before = [axis.size for axis in found.axes]
    sizes = example_sizes(before, found.after)
    names = readable_names(run, tensor, found.axes)
    meant = ", ".join(f"{names[source]} 0" for source in found.sources)
    target = shown(named(run, found.after[found.target]))
    name = names[found.sources[0]] if len(found.sources) == 1 or "?" in target else target
    if sizes is None:
        return f"what is called `{name}` 0 then is not `{name}` 0"
    own, other = lengths(before, sizes), lengths(found.after, sizes)
    assert own is not None and other is not None
    written = ", ".join(f"{n}={size}" for n, size in zip(names, own, strict=True))
    got = described(held(own, other, found.target, 0), names, own)
    return f"with {written}, what is called `{name}` 0 then holds {got}, and not {meant}"


OPERATIONS += [(scramble, RESHAPES | PATTERNS), (fed_misaligned, None)]
UNKNOWN_CALLS.append(scramble_of_words)
