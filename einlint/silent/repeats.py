"""Repeated elements that meet elements in another order.

Two dimensions that one index runs over, each of two axes of which one is a copy: `(kv g)` and `(g kv)`. Certain where
the lengths of the axes, as symbols of the code, are the same two in the other order: an element meets the copy that was
made for another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from einlint.dimensions import Dim
from einlint.dimensions.alignment import same_length
from einlint.program.terms import Axis
from einlint.program.value import Dimension
from einlint.shapes.objects import Known, Step
from einlint.shapes.run import Run
from einlint.silent.inspector import MEETINGS, OPERATIONS, Inspector
from einlint.silent.naming import axis_name
from einlint.silent.pairing import paired


def repeated_otherwise(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Report dimensions that are paired and hold a copy in another order than their partner."""
    for dimensions in paired(step):
        if compare(inspector, run, step, dimensions):
            return


def compare(inspector: Inspector, run: Run, step: Step, dimensions: Sequence[Dimension]) -> bool:
    """Report the first of these dimensions that repeats in another order than another one."""
    for one in dimensions:
        if len(one) == 2 and any(map(is_copy, one)):
            for other in dimensions:
                parts = split_of(inspector, run, other, one)
                if parts is not None and _is_no_grid(one, parts) and _reversed(run, one, parts):
                    _report(inspector, run, step, one, parts)
                    return True
    return False


def _is_no_grid(one: Dimension, other: Dimension) -> bool:
    """Whether two repeated dimensions do not go through all pairs: both hold their copies at the same place, or one
    holds none."""
    copies = [at for at, axis in enumerate(other) if is_copy(axis)]
    return not copies or copies == [at for at, axis in enumerate(one) if is_copy(axis)]


def is_copy(axis: Axis) -> bool:
    return axis.lineage is not None and axis.lineage.kind == "copy"


def split_of(inspector: Inspector, run: Run, dimension: Dimension, like: Dimension) -> Dimension | None:
    """The two axes of a dimension, also those that it, one axis, was cut into."""
    if len(dimension) == 2:
        return dimension if dimension is not like else None
    if len(dimension) == 1:
        return inspector.splits.parts_of(dimension[0])
    return None


def _reversed(run: Run, one: Dimension, other: Dimension) -> bool:
    """Whether two pairs of axes have the same lengths in the other order, and not in the same."""
    sizes = [axis.size for axis in one]
    against = [axis.size for axis in other]
    if _alike(sizes, against) or any(size.constant == 1 for size in (*sizes, *against)):
        return False
    if _alike(sizes, against[::-1]):
        return True
    names = [_name(run, axis) for axis in one]
    others = [_name(run, axis) for axis in other]
    return names == others[::-1] and names != others and all(names)


def _name(run: Run, axis: Axis) -> str:
    known = run.axis_name(axis)
    return known.text if known is not None else ""


def _alike(sizes: Sequence[Dim], others: Sequence[Dim]) -> bool:
    return all(map(same_length, sizes, others))


def _report(inspector: Inspector, run: Run, step: Step, one: Dimension, other: Dimension) -> None:
    mine, theirs = ([axis_name(run, axis) for axis in d] for d in (one, other))
    tensor = next((t for t in step.operands if one in t.dims), None)
    name = step.written(step.operands.index(tensor)) if tensor is not None else "one operand"
    copy = mine[0] if is_copy(one[0]) else mine[1]
    message = (
        f"`{name}` repeats in the order `({' '.join(mine)})` and meets `({' '.join(theirs)})`: entry 1 is copy "
        f"`{copy}` {1 if is_copy(one[1]) else 0} here, and belongs to `{theirs[1]}` 1 of `{theirs[0]}` 0 there"
    )
    joined = _join(step, other)
    made = joined if joined is not None else _maker(tensor, one)
    kept = next((axis for axis in one if not is_copy(axis)), None)
    again = inspector.splits.cut_at(kept) if kept is not None and kept in other else None
    where = again if again is not None else made.node if made is not None else step.node
    inspector.suspect(run, "repeat-order", where, message, [("they meet here", step.node.lineno)])


def _join(step: Step, other: Dimension) -> Step | None:
    """The `cat` that put together the parts of an axis in another order than they had: that changed the order."""
    for tensor in step.operands:
        made = tensor.made
        for _ in range(_MOST_STEPS):
            if made is None or other not in tensor.dims:
                break
            if made.function in ("cat", "concat", "concatenate"):
                return made
            made = next((each.made for each in made.operands if other in each.dims), None)
    return None


def _maker(tensor: Known | None, dimension: Dimension) -> Step | None:
    """The step that repeated: the last whose operands do not hold the copy."""
    copies = {axis.name for axis in dimension if is_copy(axis)}
    step = tensor.made if tensor is not None else None
    for _ in range(_MOST_STEPS):
        if step is None or not any(copies & {a.name for a in operand.axes} for operand in step.operands):
            return step
        step = next(o.made for o in step.operands if copies & {a.name for a in o.axes})
    return None


_MOST_STEPS = 20
OPERATIONS.append(repeated_otherwise)
MEETINGS.append(compare)
