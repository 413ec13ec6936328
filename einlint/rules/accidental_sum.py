"""EIN304 accidental-sum."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.axes import one_edit_apart
from einlint.calls import Reading
from einlint.findings import Report
from einlint.registry import rule
from einlint.silent.labels import Lone, displaced_by, doubled, lone_labels


@rule("EIN304", "accidental-sum", subject=Reading)
def accidental_sum(reading: Reading) -> Iterator[Report]:
    """Labels of an einsum are summed in one operand alone, each, where one label was meant to join them."""
    alone = list(lone_labels(reading))
    reported = set()
    for lone in alone:
        meant = _meant(reading, lone)
        if meant and lone.axis.name not in reported:
            reported |= {lone.axis.name, meant}
            message = (
                f"`{lone.axis.name}` is one edit away from `{meant}` and is another label: {_alone(reading, [lone])}"
            )
            yield Report(reading.span(lone.axis.start, lone.axis.end), message)
    if reported or not alone:
        return
    last = alone[-1]
    if len({lone.operand for lone in alone}) > 1 and _are_joined(reading, alone):
        if _are_alike(reading, alone):
            return
        first = next(lone for lone in alone if lone.operand != last.operand)
        message = f"{_alone(reading, [first, last])}; with 2 of each, {_expanded(reading, first, last)}"
        yield Report(reading.span(last.axis.start, last.axis.end), message)
    elif _is_before_ellipsis(reading, alone[0]):
        lone = alone[0]
        message = f"{_alone(reading, [lone])}, while the axes of the ellipsis next to it are kept"
        yield Report(reading.span(lone.axis.start, lone.axis.end), message)
    else:
        yield from _in_place_of_another(reading, alone)


def _in_place_of_another(reading: Reading, alone: list[Lone]) -> Iterator[Report]:
    """Lone labels where another operand, or another place of an operand, has a label too many."""
    twice = doubled(reading)
    if twice is not None:
        place, axis = twice
        message = (
            f"`{axis.name}` is twice in {_operand(reading, place)}, which takes its diagonal, and "
            f"{_alone(reading, alone)}: one of the two was meant to be `{alone[0].axis.name}`"
        )
        yield Report(reading.span(axis.start, axis.end), message)
        return
    for lone in alone:
        found = displaced_by(reading, lone)
        if found is not None:
            place, label = found
            message = (
                f"{_alone(reading, [lone])}, where {_operand(reading, place)} has `{label}`, which is kept: "
                f"what is computed for `{label}` 0 holds the sum over all of `{lone.axis.name}`, not entry 0 of it"
            )
            yield Report(reading.span(lone.axis.start, lone.axis.end), message)
            return


def _meant(reading: Reading, lone: Lone) -> str:
    """A longer label of another operand, one edit away, that this operand lacks."""
    own = {axis.name for axis in reading.pattern.inputs[lone.operand].axes}
    others = {axis.name for expression in reading.pattern.inputs for axis in expression.axes} - own
    near = (other for other in sorted(others) if min(len(other), len(lone.axis.name)) > 2)
    return next((other for other in near if one_edit_apart(lone.axis.name, other)), "")


def _are_joined(reading: Reading, alone: list[Lone]) -> bool:
    """Whether each operand with a lone label shares a label with another operand; of three or more one need not."""
    names = [{axis.name for axis in expression.axes} for expression in reading.pattern.inputs]
    held = {lone.operand for lone in alone}
    apart = [a for a in held if not any(names[a] & names[b] for b in range(len(names)) if b != a)]
    return not apart or len(names) > 2 and len(apart) == 1 and len(held) == 2 and len(names[apart[0]]) > 1


def _are_alike(reading: Reading, alone: list[Lone]) -> bool:
    """Whether, of three operands or more, two are summed alike: one tensor twice, `nm,nr,rs->` of `d, gamma, d`, or
    the ends of a chain, a row and a column: `hk,ijkl,lm->ij`."""
    inputs = reading.pattern.inputs
    if len(inputs) < 3 or len(alone) != 2:
        return False
    one, other = alone
    first, last = inputs[one.operand].axes, inputs[other.operand].axes
    if one.operand == 0 and other.operand == len(inputs) - 1 and len(first) == len(last) == 2:
        return first[0] == one.axis and last[-1] == other.axis
    same = _operand(reading, one.operand) == _operand(reading, other.operand)
    places = [[axis.name for axis in axes].index(lone.axis.name) for axes, lone in ((first, one), (last, other))]
    return same and len(first) == len(last) and places[0] == places[1]


def _is_before_ellipsis(reading: Reading, lone: Lone) -> bool:
    output = reading.pattern.output
    names = [axis.name for axis in reading.pattern.inputs[lone.operand].axes]
    kept = output is not None and output.ellipsis is not None and len(output.axes) > 1
    return kept and "..." in names and names[0] == lone.axis.name


def _operand(reading: Reading, place: int) -> str:
    operands = list(reading.call.operands)
    if len(operands) == 1 and isinstance(operands[0], (ast.List, ast.Tuple)):
        operands = operands[0].elts
    return f"`{ast.unparse(operands[place])}`" if place < len(operands) else f"operand {place + 1}"


def _alone(reading: Reading, alone: list[Lone]) -> str:
    parts = [f"`{lone.axis.name}` is summed in {_operand(reading, lone.operand)} alone" for lone in alone]
    return " and ".join(parts)


def _expanded(reading: Reading, first: Lone, last: Lone) -> str:
    one, other = first.axis.name, last.axis.name
    return f"this is ({one}0 + {one}1) * ({other}0 + {other}1), not {one}0*{other}0 + {one}1*{other}1"
