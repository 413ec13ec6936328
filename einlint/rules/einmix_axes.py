"""EIN112 einmix-axes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.axes import mode, only_in, sides
from einlint.callables import Kind
from einlint.calls import Reading, Shape
from einlint.findings import Report
from einlint.patterns.model import UNICODE_ELLIPSIS, Axis, Expression, Group
from einlint.registry import rule

_MOST_AXES = 26


@rule("EIN112", "einmix-axes", subject=Reading)
def einmix_axes(reading: Reading) -> Iterator[Report]:
    """The axes of an EinMix's pattern, weight and bias do not fit together."""
    if mode(reading) is not Kind.EINMIX:
        return
    left, right = sides(reading)
    if left.ellipsis is not None and right.ellipsis is None:
        yield _at(reading, left.ellipsis, "`...` stands in the input of the EinMix but not in its output")
    one_character = next((a for a in left.axes if a.name == UNICODE_ELLIPSIS), None)
    if one_character is not None and any(len(group.axes) != 1 for group in left.groups):
        yield _at(reading, one_character, "the EinMix splits its input and does not take `…` then: write `...`")
    if reading.weight is not None:
        yield from _weight_reports(reading, reading.weight, left, right)
    if reading.bias is not None:
        yield from _bias_reports(reading, reading.bias, right)
    bias = reading.call.arguments.get("bias_shape")
    if isinstance(bias, ast.Constant) and bias.value is not None and not isinstance(bias.value, str):
        yield Report(reading.call.source.span(bias), f"`bias_shape` names the axes of the bias, not `{bias.value!r}`")


def _weight_reports(reading: Reading, shape: Shape, left: Expression, right: Expression) -> Iterator[Report]:
    weight = shape.pattern.inputs[0]
    for axis in only_in(right, left, weight):
        if not axis.is_ellipsis:
            yield _at(reading, axis, f"output axis `{axis.name}` is in neither the input nor `weight_shape`")
    for axis in only_in(weight, left, right):
        if not axis.is_ellipsis:
            yield _in(reading, shape, axis, f"weight axis `{axis.name}` is in neither the input nor the output")
    if weight.ellipsis is not None:
        yield _in(reading, shape, weight.ellipsis, "`weight_shape` names every axis: it takes no `...`")
    for group in weight.groups:
        if group.bracketed or not group.axes:
            what = "brackets" if group.bracketed else "axes of length 1"
            yield _in(reading, shape, group, f"`weight_shape` takes no {what}")
    count = len((left.identifiers | right.identifiers | weight.identifiers) - {"…"})
    if count > _MOST_AXES:
        message = f"the EinMix has {count} axes, it takes at most {_MOST_AXES}"
        yield Report(reading.span(0, len(reading.pattern.text)), message)


def _bias_reports(reading: Reading, shape: Shape, right: Expression) -> Iterator[Report]:
    bias = shape.pattern.inputs[0]
    output = right.identifiers
    for axis in bias.axes:
        if axis.is_number or axis.identifier not in output:
            yield _in(reading, shape, axis, f"bias axis `{axis.name}` is not in the output")
        elif axis.is_ellipsis:
            yield _in(reading, shape, axis, "`bias_shape` names every axis: it takes no `...`")
    order = [axis.identifier for axis in right.axes]
    if right.ellipsis is not None:
        before = order[: order.index("…")]
        for axis in bias.axes:
            if axis.name in before:
                yield _in(reading, shape, axis, f"bias axis `{axis.name}` must come after `...` in the output")


def _at(reading: Reading, axis: Axis, message: str) -> Report:
    return Report(reading.span(axis.start, axis.end), message)


def _in(reading: Reading, shape: Shape, place: Axis | Group, message: str) -> Report:
    return Report(shape.text.span(reading.call.source, place.start, place.end), message)
