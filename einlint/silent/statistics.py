"""Means, variances and norms over other axes than what they are used with."""

from __future__ import annotations

import ast
import math
from typing import Any

from einlint.dimensions import Dim, symbol
from einlint.findings import Intent
from einlint.program.value import length_of
from einlint.shapes.diagnosis import shown
from einlint.shapes.objects import Known, Step
from einlint.shapes.run import Run
from einlint.silent.history import argument, contracted, moved_from
from einlint.silent.inspector import DIVISIONS, OPERATIONS, Inspector
from einlint.silent.naming import dimension_name
from einlint.silent.pairing import aligned
from einlint.silent.repairs import LETTERS, Question, along_another, framework_of, repair, text_of

_TORCH_STATISTICS = frozenset({"mean", "var", "std"})
_MEANS = frozenset({"mean", "nanmean"})
_SPREADS = frozenset({"var", "std", "nanvar", "nanstd"})
_POWERS = frozenset({"*", "**", "mul", "multiply", "pow", "power", "square", "abs", "absolute"})
_MOST_STEPS = 5


def reduced_over(step: Step) -> frozenset[int] | None:
    """The dimensions that a reduction runs over."""
    if not step.operands:
        return None
    rank = len(step.operands[0].dims)
    if step.reading is not None:
        return _of_pattern(step)
    given = argument(step, 0)
    places = (given,) if type(given) is int else given
    if not isinstance(places, tuple) or not all(-rank <= place < rank for place in places):
        return None
    return frozenset(place % rank for place in places)


def _of_pattern(step: Step) -> frozenset[int] | None:
    reading = step.reading
    assert reading is not None
    if reading.pattern.output is None or step.function != "reduce":
        return None
    kept = {axis.name for axis in reading.pattern.output.axes}
    pairs = aligned(reading.pattern.inputs[0], range(len(step.operands[0].dims)))
    plain = pairs and all(len(group.axes) == 1 for group, _ in pairs)
    return frozenset(at for group, at in pairs if group.axes[0].name not in kept) if plain else None


def kind_of(step: Step) -> str:
    """`mean` or `spread`, empty for anything else."""
    if step.reading is not None and step.function == "reduce":
        named = step.reading.call.reduction_names
        return "mean" if named == {"mean"} else ""
    return "mean" if step.function in _MEANS else "spread" if step.function in _SPREADS else ""


def mean_and_spread(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Report a tensor that is centred over some axes and scaled by its spread over others."""
    if len(step.operands) != 2:
        return
    centred, scale = step.operands
    mean, spread = _centring(centred), _spread(scale)
    if mean is None or spread is None:
        return
    (centre, source), (deviation, other) = mean, spread
    over, across = reduced_over(centre), reduced_over(deviation)
    same = [axis.name for axis in source.axes] == [axis.name for axis in other.axes]
    if over is None or across is None or not same or over == across or len(source.dims) != len(other.dims):
        return
    one, two = (_names(run, source, places) for places in (over, across))
    message = (
        f"the mean of `{centre.written(0)}` is taken over {one} and its spread over {two}: what is divided here has "
        f"neither mean 0 and spread 1 over {one} nor over {two}"
    )
    places = [(f"the mean over {one}", centre.node.lineno)]
    intent = None
    if len(over) == len(across) == 1 and deviation.function in _TORCH_STATISTICS and framework_of(deviation) == "torch":
        call = f"torch.{deviation.function}({{}}, dim={{}}, keepdim=True)"
        intent = along_another(inspector.source, deviation, call, min(across), min(over))
    inspector.suspect(run, "mixed-statistics", deviation.node, message, places, intent=intent)


def _names(run: Run, tensor: Known, places: frozenset[int]) -> str:
    return " and ".join(f"`{dimension_name(run, tensor.dims[place])}`" for place in sorted(places))


def _centring(tensor: Known) -> tuple[Step, Known] | None:
    """The mean that was taken off a tensor, and that tensor."""
    step = tensor.made
    if step is None or step.what != "-" or len(step.operands) != 2:
        return None
    _whole, mean = step.operands
    made = mean.made
    return (made, made.operands[0]) if made is not None and kind_of(made) == "mean" and made.operands else None


def _spread(tensor: Known) -> tuple[Step, Known] | None:
    """The variance or deviation that a factor was computed from element by element, and the tensor it is of."""
    for _ in range(_MOST_STEPS):
        step = tensor.made
        if step is None:
            return None
        if kind_of(step) == "spread":
            return (step, step.operands[0]) if step.operands else None
        if kind_of(step) == "mean":
            source = _squared(step.operands[0]) if step.operands else None
            return (step, source) if source is not None else None
        if step.reading is not None or len(step.operands) != 1 or len(step.operands[0].dims) != len(tensor.dims):
            return None
        tensor = step.operands[0]
    return None


def _squared(tensor: Known) -> Known | None:
    """The tensor whose deviations from its mean were squared; a power by a number is no step of its own."""
    for _ in range(_MOST_STEPS):
        centred = _centring(tensor)
        if centred is not None:
            return centred[1]
        step = tensor.made
        if step is None or step.reading is not None or not step.operands or step.function not in _POWERS:
            return None
        tensor = step.operands[0]
    return None


def normalised_over_another(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Report vectors of length 1 along an axis that was not chosen, whose products run along another."""
    if len(step.operands) != 2:
        return
    summed = dict(contracted(step))
    found = []
    for operand, tensor in enumerate(step.operands):
        origin = _normalised(tensor, summed[operand]) if operand in summed else None
        if origin is None or origin[1] == 1:
            return
        found.append(origin)
    if len(list(contracted(step))) != 2:
        return
    for made, place in found:
        tensor = made.operands[0]
        along, product = (dimension_name(run, tensor.dims[at]) for at in (1, place))
        message = (
            f"`normalize` without `dim` makes `{made.written(0)}` of length 1 along `{along}` (dimension 1), and the "
            f"product at line {step.node.lineno} along `{product}`: no cosine, did you mean `dim={place}`?"
        )
        intent = _normalised_along(inspector, made, place)
        facts = [("the product", step.node.lineno)]
        inspector.suspect(run, "mixed-statistics", made.node, message, facts, intent=intent)


def _normalised(tensor: Known, place: int) -> tuple[Step, int] | None:
    """The `normalize` without `dim` that a tensor of rank 3 or more comes of, and what a dimension was there."""
    for _ in range(_MOST_STEPS):
        step = tensor.made
        if step is None:
            return None
        if step.function == "normalize":
            given = argument(step, 1, ("dim",)) is not None
            return None if given or len(tensor.dims) < 3 else (step, place)
        moved = moved_from(step, place)
        if moved is None:
            return None
        tensor, place = moved
    return None


def _normalised_along(inspector: Inspector, made: Step, place: int) -> Intent | None:
    """The repair: `dim` is written."""
    text = text_of(inspector.source, made.node)
    rank = len(made.operands[0].dims)
    if text is None or not text.endswith(")") or text.endswith(",)") or rank > len(LETTERS):
        return None
    names = list(LETTERS[:rank])
    moved = [names[place] if at == 1 else names[1] if at == place else each for at, each in enumerate(names)]
    question = Question("torch")
    question.tensor("x", [symbol(each) for each in names])
    there, back = f"{' '.join(names)} -> {' '.join(moved)}", f"{' '.join(moved)} -> {' '.join(names)}"
    intended = f"rearrange(F.normalize(rearrange(x, '{there}')), '{back}')"
    new = f"{text[:-1]}, dim={place})"
    return repair(inspector.source.span(made.node), new, question.asking(intended, f"F.normalize(x, dim={place})"))


def divisor(inspector: Inspector, run: Run, tensor: Known, size: Any, node: ast.expr) -> None:
    """Report a sum over some axes that is divided by another product of the lengths of its operand."""
    step = _reduced(tensor)
    if step is None or not step.operands or not isinstance(size, Dim):
        return
    is_sum = step.function in ("sum", "nansum")
    if step.reading is not None and step.function == "reduce":
        is_sum = step.reading.call.reduction_names == {"sum"}
    over = reduced_over(step) if is_sum else None
    if not over:
        return
    source = step.operands[0]
    lengths = [run.memory.size(length_of(dimension)) for dimension in source.dims]
    summed = [lengths[place] for place in sorted(over)]
    count = summed[0]
    for each in summed[1:]:
        count = count * each
    divided = run.memory.size(size)
    if divided == count or len(divided.terms) != 1 or len(summed) < 2:
        return
    ((monomial, coefficient),) = divided.terms
    symbols = [length.name for length in lengths]
    degree = sum(power for _, power in monomial)
    known = all(atom in symbols for atom, _ in monomial) and None not in (length.name for length in summed)
    if coefficient != 1 or not known or degree != len(summed):
        return
    if {atom for atom, _ in monomial}.isdisjoint(length.name for length in summed):
        return
    names = " * ".join(f"`{shown(length)}`" for length in summed)
    message = (
        f"the sum of `{step.written(0)}` over {_names(run, source, over)} is divided by `{shown(divided)}` and not by "
        f"{names}, which is no mean where these lengths differ{_differing(summed, divided)}"
    )
    inspector.suspect(run, "mixed-statistics", node, message, [("the sum", step.node.lineno)])


def _reduced(tensor: Known) -> Step | None:
    """The step that made a tensor, a reshape to its own lengths left out."""
    step = tensor.made
    if step is not None and step.function in ("view", "reshape") and step.operands[0].shape == tensor.shape:
        return step.operands[0].made
    return step


def _differing(summed: list[Dim], divided: Dim) -> str:
    """Lengths for which the number of terms and the divisor differ."""
    names = sorted(divided.symbols.union(*(each.symbols for each in summed)))
    sizes = {name: 2 + at for at, name in enumerate(names)}
    count = math.prod(each.value(sizes) for each in summed)
    text = ", ".join(f"{shown(symbol(name))}={size}" for name, size in sizes.items())
    return f": with {text}, {count} terms are divided by {divided.value(sizes)}"


OPERATIONS += [
    (mean_and_spread, frozenset({"*", "/"})),
    (normalised_over_another, frozenset({"einsum", "matmul", "bmm", "@"})),
]
DIVISIONS.append(divisor)
