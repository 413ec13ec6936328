"""Repeated elements that meet elements in another order.

Two dimensions that one index runs over, each of two axes of which one is a copy: `(kv g)` and `(g kv)`. Certain where
the lengths of the axes, as symbols of the code, are the same two in the other order: an element meets the copy that was
made for another.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from einlint.dimensions import Dim, symbol
from einlint.dimensions.alignment import same_length
from einlint.findings import Intent
from einlint.program.terms import Axis
from einlint.program.value import Dimension
from einlint.shapes.objects import Known, Step
from einlint.shapes.run import Run
from einlint.silent.history import numbers
from einlint.silent.inspector import MEETINGS, OPERATIONS, Inspector
from einlint.silent.naming import axis_name, readable_names
from einlint.silent.pairing import PAIRING, paired
from einlint.silent.repairs import LETTERS, Question, pattern_repair, repair, suggested, text_of

TILES = frozenset({"repeat", "tile"})
"""What copies a whole, where each entry was to be copied: that is the mistake more often than what it meets."""


def repeated_otherwise(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Report dimensions that are paired and hold a copy in another order than their partner."""
    if not any(_holds_copy(dimension) for tensor in step.operands for dimension in tensor.dims):
        return
    for dimensions in paired(step):
        if compare(inspector, run, step, dimensions):
            return


def compare(inspector: Inspector, run: Run, step: Step, dimensions: Sequence[Dimension]) -> bool:
    """Report the first of these dimensions that repeats in another order than another one."""
    for one in dimensions:
        if _holds_copy(one):
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


def _holds_copy(dimension: Dimension) -> bool:
    return len(dimension) == 2 and any(map(is_copy, dimension))


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
    tensor = next((t for t in step.operands if one in t.dims), None)
    name = step.written(step.operands.index(tensor)) if tensor is not None else "one operand"
    joined = _join(step, other)
    made = joined if joined is not None else maker(tensor, one)
    kept = next((axis for axis in one if not is_copy(axis)), None)
    again = inspector.splits.cut_at(kept) if kept is not None and kept in other else None
    tiled = made is not None and made.function in TILES
    where = again if again is not None and not tiled else made.node if made is not None else step.node
    intent = interleaved(inspector, made, [axis for axis in one if is_copy(axis)]) if where is not again else None
    message = f"`{name}` {_example(run, one)}{suggested(intent)}"
    inspector.suspect(run, "repeat-order", where, message, [("they meet here", step.node.lineno)], intent=intent)


def _example(run: Run, one: Dimension) -> str:
    """The order of two entries and three copies, here and there."""
    kept = next((axis for axis in one if not is_copy(axis)), one[1])
    name = readable_names(run, None, [kept])[0] if axis_name(run, kept) != "?" else "entry"
    whole, each = "0, 1, 0, 1, 0, 1", "0, 0, 0, 1, 1, 1"
    here, there = (whole, each) if is_copy(one[0]) else (each, whole)
    return (
        f"repeats `{name}` in another order than what it meets: with 2 of `{name}` and 3 copies it holds `{name}` "
        f"{here}, and meets {there}"
    )


def interleaved(inspector: Inspector, made: Step | None, copies: Sequence[Axis]) -> Intent | None:
    """The repair of what copies a whole where each entry was to be copied."""
    if made is None or len(copies) != 1:
        return None
    return _of_pattern(made) if made.reading is not None else _of_call(inspector, made)


def _of_call(inspector: Inspector, made: Step) -> Intent | None:
    """`x.repeat(1, r, 1)` becomes `x.repeat_interleave(r, dim=1)`."""
    call = made.node
    if made.function not in TILES or made.what != f"Tensor.{made.function}" or not isinstance(call, ast.Call):
        return None
    given = list(call.args[0].elts) if len(call.args) == 1 and isinstance(call.args[0], ast.Tuple) else list(call.args)
    rank = len(made.operands[0].dims)
    counted = [at for at, each in enumerate(given) if numbers(each) != 1]
    if call.keywords or len(given) != rank or len(counted) != 1 or not isinstance(call.func, ast.Attribute):
        return None
    place = counted[0]
    name, times = (text_of(inspector.source, each) for each in (call.func.value, given[place]))
    if name is None or times is None:
        return None
    shape = [symbol(letter) for letter in LETTERS[:rank]]
    question = Question("torch")
    question.tensor("x", shape)
    many = question.length(symbol("r"))
    groups = [f"({each} r)" if at == place else each for at, each in enumerate(LETTERS[:rank])]
    intended = f"repeat(x, '{' '.join(LETTERS[:rank])} -> {' '.join(groups)}', r={many})"
    new = f"{name}.repeat_interleave({times}, dim={place})"
    return repair(
        inspector.source.span(call), new, question.asking(intended, f"x.repeat_interleave({many}, dim={place})")
    )


def _of_pattern(made: Step) -> Intent | None:
    """`(r h)` becomes `(h r)` in the output of a `repeat`."""
    reading = made.reading
    output = reading.pattern.output if reading is not None and made.function == "repeat" else None
    if reading is None or output is None:
        return None
    known = reading.pattern.inputs[0].identifiers
    groups = [g for g in output.groups if len(g.axes) == 2 and g.axes[0].name not in known and g.axes[1].name in known]
    if not groups or any(axis.is_number for group in groups for axis in group.axes):
        return None
    start, end = groups[0].start, groups[-1].end
    text, content = reading.pattern.text, ""
    at = start
    for group in groups:
        content += f"{text[at : group.start]}({group.axes[1].name} {group.axes[0].name})"
        at = group.end
    question = Question("torch")
    question.tensor("x", [symbol("a")])
    many = question.length(symbol("r"))
    new = f"repeat(x, 'a -> (a r)', r={many})"
    return pattern_repair(reading, start, end, content, question.asking(f"x.repeat_interleave({many}, dim=0)", new))


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


def maker(tensor: Known | None, dimension: Sequence[Axis]) -> Step | None:
    """The step that repeated: the last whose operands do not hold the copy."""
    copies = {axis.name for axis in dimension if is_copy(axis)}
    step = tensor.made if tensor is not None else None
    for _ in range(_MOST_STEPS):
        if step is None or not any(copies & {a.name for a in operand.axes} for operand in step.operands):
            return step
        step = next(o.made for o in step.operands if copies & {a.name for a in o.axes})
    return None


_MOST_STEPS = 20
OPERATIONS.append((repeated_otherwise, PAIRING))
MEETINGS.append(compare)
