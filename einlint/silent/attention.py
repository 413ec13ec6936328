"""Weights that were normalised over one axis and are summed over another.

Certain on a whole attention only: scores that are a contraction of two tensors, their softmax, and a contraction of the
weights, with nothing between that normalises again (slot attention does), outside of loops (routing by agreement). Nor
where the weights are also summed alone over that axis: what they weigh is divided by their sum (soft clusters).
"""

from __future__ import annotations

from typing import Any

from einlint.findings import Intent
from einlint.shapes.objects import Known, Step
from einlint.shapes.run import Run
from einlint.silent.history import CONTRACTIONS, contracted, scores, softmaxed
from einlint.silent.inspector import OPERATIONS, Inspector
from einlint.silent.labels import lone_labels
from einlint.silent.naming import dimension_name
from einlint.silent.pairing import aligned
from einlint.silent.repairs import along_another
from einlint.silent.statistics import reduced_over


def weights_over_another_axis(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Report weights of an attention that are summed over an axis that they are not normalised over."""
    if len(step.operands) < 2:
        return
    summed = list(contracted(step))
    for operand, tensor in enumerate(step.operands):
        places = [place for at, place in summed if at == operand]
        if len(places) != 1:
            continue
        found = softmaxed(tensor, places[0])
        if found is None or inspector.in_loop(run, step.node):
            continue
        softmax, over, there = found
        if over == there:
            _alone(inspector, run, step, operand, places[0], softmax)
            return
        if over == 0 and _is_shared_batch(step, operand, there):
            _report_batch(inspector, run, step, softmax, there)
            return
        made = scores(softmax.operands[0], over)
        if made is not None and _is_free(softmax.operands[0], there):
            _report(inspector, run, step, operand, softmax, over, there, made)
        return


def weights_counted(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Note weights that are summed alone over another axis than they are normalised over."""
    if step.reading is not None and step.reading.call.reduction_names != {"sum"}:
        return
    for place in reduced_over(step) or ():
        found = softmaxed(step.operands[0], place)
        if found is not None and found[1] != found[2]:
            softmax, _over, there = found
            inspector.counted.add((softmax.node, there))


def _is_shared_batch(step: Step, operand: int, there: int) -> bool:
    """Whether dimension 0 of weights is that of every operand and of the result, and another one is summed."""
    if step.reading is None or step.reading.pattern.output is None or there == 0:
        return False
    sides = [*step.reading.pattern.inputs, step.reading.pattern.output]
    first = {side.groups[0].text if side.groups else "" for side in sides}
    return len(first) == 1 and "..." not in first and len(step.operands[operand].dims) > 1


def _report_batch(inspector: Inspector, run: Run, step: Step, softmax: Step, there: int) -> None:
    tensor = softmax.operands[0]
    batch = dimension_name(run, tensor.dims[0])
    message = (
        f"`{softmax.written(0)}` is softmaxed over dimension 0, `{batch}`, which the product at line "
        f"{step.node.lineno} keeps: the weights of one `{batch}` depend on the others and do not add up to 1"
    )
    intent = _over(inspector, softmax, 0, there)
    inspector.suspect(run, "softmax-axis", softmax.node, message, [("the product", step.node.lineno)], intent=intent)


def _is_free(tensor: Known, place: int) -> bool:
    """Whether the axis that is summed later is that of the queries or of the keys, not one that both share."""
    found = scores(tensor, place)
    if found is None:
        return False
    score, there = found
    output = score.reading.pattern.output if score.reading is not None else None
    if score.reading is None or output is None:
        return there >= len(tensor.dims) - 2
    rank = len(output.groups) if output.ellipsis is None else len(tensor.dims)
    label = next((group.axes[0].name for group, at in aligned(output, range(rank)) if at == there and group.axes), "")
    return sum(label in {axis.name for axis in each.axes} for each in score.reading.pattern.inputs) == 1


def _report(
    inspector: Inspector, run: Run, step: Step, operand: int, softmax: Step, over: int, there: int,
    made: tuple[Step, int],
) -> None:  # fmt: skip
    weights = softmax.operands[0]
    normal, summed = (_name(run, softmax, place) for place in (over, there))
    name = step.written(operand)
    message = (
        f"`{name}` was softmaxed over {normal} and is summed over {summed}: the weights of one sum do not add up to 1, "
        f"with scores [[0, 9], [0, 9]] they add up to 0 and to 2"
    )
    score, place = made
    keys = _is_of_second(score, place, weights)
    at_fault = step if keys else softmax
    other = softmax if keys else step
    what = "softmax over" if keys else "summed over"
    places = [(f"{what} {normal if keys else summed}", other.node.lineno)]
    intent = None if keys else _over(inspector, softmax, over, there)
    unless = (softmax.node, there)
    inspector.suspect(run, "softmax-axis", at_fault.node, message, places, intent=intent, unless_counted=unless)


def _over(inspector: Inspector, softmax: Step, old: int, new: int) -> Intent | None:
    """The repair: the softmax runs over the dimension that is summed."""
    return along_another(inspector.source, softmax, "torch.softmax({}, {})", old, new)


def _is_of_second(score: Step, place: int, weights: Known) -> bool:
    """Whether the axis of the softmax is one that only the second operand of the scores has: that of the keys."""
    if score.reading is None:
        return place == len(weights.dims) - 1
    output = score.reading.pattern.output
    if output is None:
        return False
    label = next((group.axes[0].name for group, at in aligned(output, range(len(weights.dims))) if at == place), "")
    first, second = ({axis.name for axis in each.axes} for each in score.reading.pattern.inputs)
    return label in second and label not in first


def _name(run: Run, step: Step, place: int) -> str:
    tensor = step.operands[0]
    name = dimension_name(run, tensor.dims[place])
    return f"dimension {place}" if "?" in name else f"`{name}` (dimension {place})"


def _alone(inspector: Inspector, run: Run, step: Step, operand: int, place: int, softmax: Step) -> None:
    """Report weights that an einsum sums over their own axis alone, which gives 1."""
    if step.reading is None:
        return
    expression = step.reading.pattern.inputs[operand]
    group = next((g for g, at in aligned(expression, range(len(step.operands[operand].dims))) if at == place), None)
    if group is None:
        return
    label = group.axes[0]
    elsewhere = [each for at, each in enumerate(step.reading.pattern.inputs) if at != operand]
    if (
        any(axis.name == label.name for each in elsewhere for axis in each.axes)
        or len(list(lone_labels(step.reading))) > 1
    ):
        return
    message = (
        f"`{label.name}` is summed in `{step.written(operand)}` alone, which was softmaxed over it: that sum is 1, "
        f"and the weights do nothing"
    )
    span = step.reading.span(label.start, label.end)
    inspector.suspect(run, "summed-weights", step.node, message, [("softmaxed here", softmax.node.lineno)], span)


OPERATIONS += [(weights_over_another_axis, CONTRACTIONS), (weights_counted, frozenset({"sum", "reduce"}))]
