"""Axes of length 1 that an einsum stretches over an axis that it sums."""

from __future__ import annotations

import ast
from typing import Any

from einlint.calls import Reading
from einlint.patterns.model import Axis
from einlint.program.value import length_of
from einlint.shapes.diagnosis import shape_of
from einlint.shapes.objects import Known, Step
from einlint.shapes.patterns import LABELLED
from einlint.shapes.run import Run
from einlint.silent.history import moved_from
from einlint.silent.inspector import OPERATIONS, Inspector
from einlint.silent.layouts import nodes_read
from einlint.silent.naming import shape_in_names, size_name
from einlint.silent.pairing import aligned

_REDUCTIONS = frozenset("mean sum amax amin max min nanmean nansum logsumexp median prod average std var".split())
_MOST_STEPS = 6


def stretched(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Report a label that is summed, is 1 in one operand and something else in another."""
    reading = step.reading
    if reading is None or len(step.operands) < 2 or reading.pattern.output is None:
        return
    kept = {axis.name for axis in reading.pattern.output.axes}
    held: dict[str, list[tuple[int, Axis, Any]]] = {}
    for place, (tensor, expression) in enumerate(zip(step.operands, reading.pattern.inputs, strict=False)):
        for group, dimension in aligned(expression, tensor.dims):
            if len(group.axes) == 1 and group.axes[0].name not in kept:
                held.setdefault(group.axes[0].name, []).append((place, group.axes[0], length_of(dimension)))
    for label, uses in held.items():
        units = [use for use in uses if use[2].constant == 1]
        averaged = any(_is_reduced(step.operands[place], axis, reading, place) for place, axis, _ in units)
        longer = [use for use in uses if use[2].constant != 1 and (averaged or not _is_new(step, use[0]))]
        if units and longer and not _is_start(inspector, run, step, units[0][0]):
            _report(inspector, run, step, label, units[0], longer[0])


def _is_start(inspector: Inspector, run: Run, step: Step, operand: int) -> bool:
    """Whether an operand is what a loop starts with: a name from before the loop that its body gives another value."""
    node = step.nodes[operand]
    if not isinstance(node, ast.Name):
        return False
    loop, made = inspector.loop_around(run, step.node), step.operands[operand].made
    if made is not None and getattr(made.node, "lineno", 0) in loop:
        return False
    names = (each for each in nodes_read(run) if isinstance(each, ast.Name) and each.id == node.id)
    return any(isinstance(each.ctx, ast.Store) and each.lineno in loop for each in names)


def _is_reduced(tensor: Known, axis: Axis, reading: Reading, operand: int) -> bool:
    """Whether an axis is 1 because a mean, a sum or the like was taken over it and kept it."""
    pairs = aligned(reading.pattern.inputs[operand], range(len(tensor.dims)))
    place = next(at for group, at in pairs if group.axes and group.axes[0].name == axis.name)
    for _ in range(_MOST_STEPS):
        step = tensor.made
        if step is None or not step.operands or step.reading is not None:
            return False
        source = step.operands[0]
        if step.function in _REDUCTIONS and len(source.dims) == len(tensor.dims):
            return length_of(source.dims[place]).constant != 1
        moved = moved_from(step, place)
        if moved is None:
            return False
        tensor, place = moved
    return False


def _is_new(step: Step, place: int) -> bool:
    """Whether nothing is known of an operand but what this call reads."""
    origin = step.operands[place].origin
    return origin is not None and origin.row == step.node.lineno and origin.how.startswith(("read", LABELLED))


def _report(
    inspector: Inspector, run: Run, step: Step, label: str, unit: tuple[int, Axis, Any], long: tuple[int, Axis, Any]
) -> None:
    assert step.reading is not None
    (one, axis, _), (other, _, size) = unit, long
    short, wide = step.operands[one], step.operands[other]
    name, against = step.written(one), step.written(other)
    mine, theirs = shape_in_names(run, short), shape_in_names(run, wide)
    message = (
        f"`{label}` is 1 in `{name}` {mine} and {_size(run, size)} in `{against}` {theirs}, and is summed: `{name}` "
        f"multiplies the plain sum of `{against}` over `{label}`, u0*(x0 + x1), not u0*x0 + u1*x1"
    )
    span = step.reading.span(axis.start, axis.end)
    inspector.suspect(run, "stretched-sum", step.node, message, _origins(step, short, name), span)


def _origins(step: Step, tensor: Known, name: str) -> list[tuple[str, int]]:
    origin = tensor.origin
    return [(f"`{name}` is {shape_of(tensor)}: {origin.how}", origin.row)] if origin is not None else []


def _size(run: Run, size: Any) -> str:
    return size_name(run, size) or "more"


OPERATIONS.append((stretched, frozenset({"einsum"})))
