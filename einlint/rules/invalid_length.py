"""EIN110 invalid-length."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.axes import constant, mode, sides, unused_lengths
from einlint.callables import Kind
from einlint.calls import Reading
from einlint.findings import Report
from einlint.patterns.model import Group
from einlint.registry import rule


@rule("EIN110", "invalid-length", subject=Reading)
def invalid_length(reading: Reading) -> Iterator[Report]:
    """The length of an axis is one that no tensor can have: negative, zero in a group, not an integer."""
    if mode(reading) is None:
        return
    unused = unused_lengths(reading)
    for name, length in reading.call.lengths.items():
        reason = None if name in unused else _why(reading, name, length.value)
        if reason:
            message = f"axis `{name}` cannot have length `{ast.unparse(length.value)}`: {reason}"
            yield Report(reading.call.source.span(length.value), message)


def _why(reading: Reading, name: str, node: ast.expr) -> str | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _why_impossible(reading, name, 0.5) and "`/` gives a float, `//` an integer"
    value = constant(node)
    return None if value is None else _why_impossible(reading, name, value[0])


def _why_impossible(reading: Reading, name: str, value: object) -> str | None:
    """Why no size fits, None when one may. A length that is never used goes unchecked in einops 0.8.2."""
    if mode(reading) is Kind.EINMIX:
        return _why_no_weight(reading, name, value)
    group = next((g for g in sides(reading)[0].groups if any(a.name == name for a in g.axes)), None)
    if value is None:
        return "it must be an integer"
    if not isinstance(value, int):
        return None if group is not None and _is_never_reshaped(reading) else "it must be an integer"
    if value < 0:
        return "it is negative" if group is not None or value < -1 else None
    if value == 0 and group is not None and _has_unknown(reading, group):
        return "the other axis of its group would be divided by zero"
    return None


def _why_no_weight(reading: Reading, name: str, value: object) -> str | None:
    if reading.weight is None or name not in reading.weight.pattern.inputs[0].identifiers:
        return None
    if not isinstance(value, int):
        return "it must be an integer"
    return "it is negative" if value < 0 else None


def _is_never_reshaped(reading: Reading) -> bool:
    """Whether every dimension on both sides can be one axis, so that no length is used; `...` may stand for none."""
    return all(_may_be_one_axis(group) for side in sides(reading) for group in side.groups)


def _may_be_one_axis(group: Group) -> bool:
    return len(group.axes) == 1 or len(group.axes) == 2 and any(axis.is_ellipsis for axis in group.axes)


def _has_unknown(reading: Reading, group: Group) -> bool:
    return any(not axis.is_number and axis.name not in reading.call.lengths for axis in group.axes)
