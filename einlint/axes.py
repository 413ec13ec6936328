"""What the rules about axes ask of a reading: the mode of the call, names on each side, lengths, near misses."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from einlint.callables import Kind
from einlint.calls import Reading
from einlint.patterns.model import Axis, Expression

REDUCTIONS = ("min", "max", "sum", "mean", "prod", "any", "all")
_MODES = {Kind.REARRANGE: Kind.REARRANGE, Kind.REDUCE: Kind.REDUCE, Kind.REPEAT: Kind.REPEAT, Kind.EINMIX: Kind.EINMIX}
_NAMED_MODES = {"rearrange": Kind.REARRANGE, "repeat": Kind.REPEAT}


def mode(reading: Reading) -> Kind | None:
    """How einops treats the axes: `reduce` with the reduction `"repeat"` repeats. None for einsum, pack..."""
    kind = reading.call.callee.kind
    if not reading.call.reductions:
        return _MODES.get(kind)
    reductions = reading.call.reduction_names
    if kind is Kind.REDUCE and len(reductions) == 1:
        return _NAMED_MODES.get(reductions.pop(), Kind.REDUCE)
    if reductions & _NAMED_MODES.keys():
        return None
    return _MODES.get(kind)


def sides(reading: Reading) -> tuple[Expression, Expression]:
    """The input and the output of an arrow pattern."""
    assert reading.pattern.output is not None
    return reading.pattern.inputs[0], reading.pattern.output


def only_in(one: Expression, *others: Expression) -> list[Axis]:
    """The axes of `one` that are in none of the others, in order."""
    known = frozenset().union(*(other.identifiers for other in others))
    if one.identifiers <= known:
        return []
    return [axis for axis in one.axes if not axis.is_number and axis.identifier not in known]


def unused_lengths(reading: Reading) -> list[str]:
    """Axis lengths of the call that belong to no axis of its patterns."""
    what = mode(reading)
    if not reading.call.lengths or what is None or what is Kind.EINMIX and reading.weight is None:
        return []
    left, right = sides(reading)
    known = left.identifiers | (right if reading.weight is None else reading.weight.pattern.inputs[0]).identifiers
    return [name for name in reading.call.lengths if name not in known]


def constant(node: ast.expr) -> tuple[object] | None:
    """The value of a literal, wrapped: numbers with their sign, strings, None; None when it is not one."""
    if isinstance(node, ast.Constant):
        return (node.value,)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        value = node.operand.value
        return (-value,) if isinstance(value, (int, float)) else None
    return None


def quoted(names: Iterable[str]) -> str:
    """`a`, `b` and `c`."""
    *most, last = [f"`{name}`" for name in names]
    return f"{', '.join(most)} and {last}" if most else last


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """The end of a message that suggests the nearest candidate, empty when none is near."""
    import difflib

    near = difflib.get_close_matches(name, list(candidates), n=1, cutoff=0.6)
    return f", did you mean `{near[0]}`?" if near else ""


def one_edit_apart(one: str, other: str) -> bool:
    """Whether a letter was left out, added, changed or exchanged with its neighbour: `dim` and `dimm`, no digits."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    start = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :] and not long[start].isdigit()
    if one[start].isdigit() or other[start].isdigit():
        return False
    return one[start + 1 :] == other[start + 1 :] or (
        one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]
    )
