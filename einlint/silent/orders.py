"""Parts of one axis that are put together in another order than they were taken apart.

Certain where all parts of an axis are merged again, from the least to the most significant, after a contraction (a
matrix product, an einsum, attention) of what was split: `(h d)` split, attention, `(d h)` merged. Splitting and merging
the other way round with nothing between is a shuffle of channels, and legitimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from einlint.findings import Intent
from einlint.program.value import Dimension
from einlint.shapes.objects import Known, Step
from einlint.shapes.run import Run
from einlint.silent.inspector import OPERATIONS, Inspector
from einlint.silent.naming import axis_name
from einlint.silent.pairing import aligned
from einlint.silent.repairs import regrouped

CONTRACTIONS = frozenset({"einsum", "matmul", "bmm", "@", "baddbmm", "scaled_dot_product_attention", "tensordot"})
_MOST_STEPS = 60


def merged_backwards(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Report a merge of all parts of an axis in the reverse of their order."""
    if not isinstance(result, Known) or len(step.operands) != 1:
        return
    (tensor,) = step.operands
    for dimension in result.dims:
        if len(dimension) < 2 or any(_adjacent(each, dimension) for each in tensor.dims):
            continue
        if not {axis.name for axis in tensor.axes}.issuperset(axis.name for axis in dimension):
            continue
        computed = _computed(tensor)
        whole = inspector.splits.reversed_whole(dimension, entire=not computed)
        if whole is None or not computed and not _moved_apart(run, step, dimension):
            continue
        names = [axis_name(run, axis) for axis in dimension]
        right, wrong = " ".join(reversed(names)), " ".join(names)
        message = (
            f"`{step.written(0)}` was split as `({right})` and is merged as `({wrong})`: {_witness(names, dimension)}"
        )
        known = [run.axis_name(axis) for axis in dimension]
        rows = [(f"`{n.text}`: {n.how}", n.row) for n in known if n is not None]
        inspector.suspect(run, "split-merge-order", step.node, message, rows, intent=_repair(step, result, dimension))


def _repair(step: Step, result: Known, dimension: Dimension) -> Intent | None:
    """The group of the pattern that merges, in the order of the split."""
    output = step.reading.pattern.output if step.reading is not None else None
    pairs = aligned(output, result.dims) if output is not None else []
    group = next((group for group, dims in pairs if dims is dimension and len(group.axes) == len(dims)), None)
    if step.reading is None or group is None:
        return None
    return regrouped(step.reading, group, [axis.name for axis in reversed(group.axes)])


def _adjacent(one: Dimension, other: Dimension) -> bool:
    """Whether a dimension was merged before already."""
    return len(one) >= len(other) and [a.name for a in one] == [a.name for a in other]


def _moved_apart(run: Run, step: Step, dimension: Dimension) -> bool:
    """Whether patterns named the parts, and other axes stand between them: no shuffle of channels looks so."""
    named = step.reading is not None and all(run.axis_name(axis) is not None for axis in dimension)
    places = [at for at, each in enumerate(step.operands[0].dims) if set(each) & set(dimension)]
    return named and len(places) > 1 and places[-1] - places[0] >= len(dimension)


def _computed(tensor: Known) -> bool:
    """Whether a contraction is among the steps that made a tensor."""
    waiting, seen = [tensor.made], 0
    while waiting and seen < _MOST_STEPS:
        step = waiting.pop()
        seen += 1
        if step is None:
            continue
        if step.function in CONTRACTIONS:
            return True
        waiting += [operand.made for operand in step.operands]
    return False


def _witness(names: Sequence[str], dimension: Dimension) -> str:
    """The first entries of the merged axis, and of the one that was split."""
    first, last = names[0], names[-1]
    rest = "".join(f", {name} 0" for name in names[1:-1])
    merged = f"({first} 0{rest}, {last} 0), ({first} 0{rest}, {last} 1), ..."
    split = f"({first} 0{rest}, {last} 0), ({first} 1{rest}, {last} 0), ..."
    return f"the merged axis holds {merged}, and the one that was split held {split}"


OPERATIONS.append((merged_backwards, None))
