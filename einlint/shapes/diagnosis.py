"""Why an operation is refused: the one kind of contradiction that it is, and a sentence with the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from einlint.callables import Kind as Callee
from einlint.findings import Intent, Position, Related, Report, Span
from einlint.lazily import regex
from einlint.patterns.model import Axis, Expression, Group
from einlint.shapes.contradiction import Contradiction

if TYPE_CHECKING:
    from einlint.calls import Reading
    from einlint.dimensions import Dim
    from einlint.shapes.objects import Known, Origin

_SYMBOL = regex(r"~?([^\W\d][\w.\[\]-]*)@\d+")
_BRACKETED = regex(r"\(([\w.\[\]?]+)\)(?=//|%)|(?<=//|.%)\(([\w.\[\]?]+)\)")
"""A name or number in brackets beside a division, which needs none."""
_UNNAMED = regex(r"~?_@\d+")


class Kind(Enum):
    RANK = "rank"
    LENGTH = "length"
    DIVISIBILITY = "divisibility"
    LABEL = "label"
    SHAPES = "shapes"
    LIST = "list"
    UNPACK = "unpack"
    LAYER = "layer"
    ANNOTATION = "annotation"
    COMMENT = "comment"
    CALL = "call"


class Diagnosis(NamedTuple):
    """The kind of a contradiction, where it is best seen, and a sentence."""

    kind: Kind
    span: Span
    message: str


def reports(contradiction: Contradiction, kind: Kind) -> Iterator[Report]:
    """The report of a contradiction, for the rule about its kind."""
    found = diagnosis(contradiction)
    if found.kind is kind:
        comment = contradiction.comment
        intent = Intent("comment", found.span, comment=comment) if comment else None
        yield Report(found.span, found.message, tuple(_related(contradiction)), intent)


def _related(contradiction: Contradiction) -> Iterator[Related]:
    """Where the shapes come from, and the calls that led here."""
    for name, tensor in contradiction.operands:
        if tensor.origin is not None and tensor.origin.row:
            start = Position(tensor.origin.row, 1)
            yield Related(f"`{name.strip('`')}` has shape {shape_of(tensor)}: {tensor.origin.how}", Span(start, start))
    for caller in contradiction.callers:
        yield Related("called from here", contradiction.source.span(caller))


@lru_cache(maxsize=256)
def diagnosis(found: Contradiction) -> Diagnosis:
    """What is wrong."""
    if found.function and found.what != "annotation":
        row, span = found.node.lineno, found.source.span(found.callers[-1])
        return Diagnosis(Kind.CALL, span, f"`{found.function}` fails at line {row}: {_explained(found).message}")
    if found.what in ("annotation", "comment"):
        kind = Kind.ANNOTATION if found.what == "annotation" else Kind.COMMENT
        span = found.span or found.source.span(found.node)
        (name, tensor) = found.operands[0]
        return Diagnosis(kind, span, f"{name} has shape {shape_of(tensor)}, and {found.reason}")
    hearsay = hearsay_of(found)
    if hearsay is not None:
        explained = _explained(found)
        message = f"the {hearsay.how} at line {hearsay.row} does not fit: {explained.message}"
        return Diagnosis(Kind.COMMENT, explained.span, message)
    return _explained(found)


def hearsay_of(found: Contradiction) -> Origin | None:
    """The comment or docstring that may be at fault; none where an operand that is known otherwise has a wrong rank."""
    reading = found.reading
    if reading is not None and reading.call.callee.kind in (Callee.EINSUM, Callee.EQUATION):
        for (name, tensor), expression in zip(found.operands, reading.pattern.inputs, strict=False):
            if tensor.hearsay is None and _rank(reading, expression, name, tensor) is not None:
                return None
    return next((tensor.hearsay for _, tensor in found.operands if tensor.hearsay), None)


def _explained(found: Contradiction) -> Diagnosis:
    reading = found.reading
    if found.what == "rank":
        return Diagnosis(Kind.RANK, found.source.span(found.node), found.reason)
    if found.what == "unpacking":
        return Diagnosis(Kind.UNPACK, found.source.span(found.node), found.reason)
    if reading is not None and found.operands:
        kind = reading.call.callee.kind
        if kind in (Callee.EINSUM, Callee.EQUATION):
            explained = _einsum(found, reading)
        elif len(found.operands) == 1:
            explained = _one_operand(found, reading)
        else:
            explained = None
        if explained is not None:
            return explained
        if len(found.operands) > 1 and kind not in (Callee.EINSUM, Callee.EQUATION):
            message = f"the tensors have different shapes: {_several(found.operands)}"
            return Diagnosis(Kind.LIST, reading.call.span, message)
    span = found.source.span(found.node)
    if found.layer:
        name = found.layer.rpartition(".")[2]
        return Diagnosis(Kind.LAYER, span, f"`{name}` cannot take {_several(found.operands)}: {readable(found.reason)}")
    operands = _several(found.operands)
    of = f" of {operands}" if operands else ""
    return Diagnosis(Kind.SHAPES, span, f"`{_short(found.what)}`{of}: {readable(found.reason)}")


def _short(what: str) -> str:
    """How people call an operation."""
    return what.removeprefix("Tensor.").removeprefix("ndarray.").replace("torch.nn.functional.", "F.")


def _several(operands: Sequence[tuple[str, Known]]) -> str:
    return " and ".join(f"`{name}` {shape_of(tensor)}" for name, tensor in operands)


def _one_operand(found: Contradiction, reading: Reading) -> Diagnosis | None:
    name, tensor = found.operands[0]
    left = reading.pattern.inputs[0]
    fits = _rank(reading, left, name, tensor)
    if fits is not None:
        return fits
    for group, size in _aligned(left, tensor.shape):
        wrong = _group(found, reading, group, size, name, tensor)
        if wrong is not None:
            return wrong
    return None


def _rank(reading: Reading, expression: Expression, name: str, tensor: Known) -> Diagnosis | None:
    spread = [g for g in expression.groups if g.is_spread]
    least, rank = len(expression.groups) - len(spread), len(tensor.dims)
    if rank == least or spread and rank > least:
        return None
    first, last = expression.groups[0] if expression.groups else None, expression.groups[-1:]
    span = reading.span(first.start, last[0].end) if first is not None else reading.call.span
    axes = "axis" if rank == 1 else "axes"
    more = "at least " if spread else ""
    message = f"`{name}` has {rank} {axes}, {shape_of(tensor)}, and the pattern reads {more}{least}"
    return Diagnosis(Kind.RANK, span, f"{message}{_since(tensor)}")


def _since(tensor: Known) -> str:
    """Why the shape is known, where that is worth a word."""
    origin = tensor.origin
    return f" ({origin.how} at line {origin.row})" if origin is not None and origin.row else ""


def _aligned(expression: Expression, shape: Sequence[Dim]) -> Iterator[tuple[Group, Dim]]:
    """The groups of a pattern with the lengths they stand for."""
    star = next((at for at, group in enumerate(expression.groups) if group.is_spread), None)
    if star is None:
        yield from zip(expression.groups, shape, strict=False)
        return
    after = len(expression.groups) - star - 1
    yield from zip(expression.groups[:star], shape, strict=False)
    if after:
        yield from zip(expression.groups[star + 1 :], shape[-after:], strict=False)


def _group(
    found: Contradiction, reading: Reading, group: Group, size: Dim, name: str, tensor: Known
) -> Diagnosis | None:
    """What is wrong with one dimension: its length, or that it is not divisible."""
    given = {axis: _length(axis, found.lengths) for axis in group.axes if not axis.is_ellipsis}
    if len(given) < len(group.axes) or size.constant is None:
        return None
    known = {axis: value for axis, value in given.items() if value is not None}
    product = 1
    for value in known.values():
        if not isinstance(value, int):
            return None
        product *= value
    span = reading.span(group.start, group.end)
    what = f"`{group.text}` of the pattern"
    if len(known) == len(given):
        if product == size.constant:
            return None
        number = not group.axes or group.axes[0].is_number and len(group.axes) == 1
        is_long = f"{what} stands for length {product}" if number else f"axis {what} has length {product}"
        there = f"`{name}` {shape_of(tensor)} has {size} there"
        return Diagnosis(Kind.LENGTH, span, f"{is_long}, and {there}")
    if product and size.constant % product:
        factors = " * ".join(_factor(axis, value) for axis, value in known.items())
        message = f"{size} is not divisible by {factors}: dimension `{group.text}` of `{name}` {shape_of(tensor)}"
        return Diagnosis(Kind.DIVISIBILITY, span, message)
    return None


def _factor(axis: Axis, value: Any) -> str:
    return axis.name if axis.is_number else f"{axis.name}={value}"


def _length(axis: Axis, lengths: Mapping[str, Any]) -> Any:
    if axis.is_number:
        return int(axis.name)
    value = lengths.get(axis.name)
    constant = getattr(value, "constant", None)
    return constant if constant is not None else value


def _einsum(found: Contradiction, reading: Reading) -> Diagnosis | None:
    seen: dict[str, tuple[Dim, str, Known]] = {}
    pairs = list(zip(found.operands, reading.pattern.inputs, strict=False))
    for (name, tensor), expression in sorted(pairs, key=lambda pair: pair[0][1].hearsay is not None):
        wrong = _rank(reading, expression, name, tensor)
        if wrong is not None:
            return wrong
    for (name, tensor), expression in pairs:
        here: dict[str, Dim] = {}
        for group, size in _aligned(expression, tensor.shape):
            for axis in group.axes:
                label = axis.name
                span = reading.span(axis.start, axis.end)
                if label in here and _differ(here[label], size, ones=False):
                    message = (
                        f"label `{label}` is {shown(here[label])} and {shown(size)} in `{name}` {shape_of(tensor)}"
                    )
                    return Diagnosis(Kind.LABEL, span, message)
                if label in seen and _differ(seen[label][0], size, ones=True):
                    other, whose, first = seen[label]
                    message = (
                        f"label `{label}` is {shown(other)} in `{whose}` {shape_of(first)}"
                        f" and {shown(size)} in `{name}` {shape_of(tensor)}"
                    )
                    return Diagnosis(Kind.LABEL, span, message)
                here[label] = size
                if label not in seen or seen[label][0].constant == 1:
                    seen[label] = size, name, tensor
    return None


def _differ(one: Dim, other: Dim, ones: bool) -> bool:
    if ones and 1 in (one.constant, other.constant):
        return False
    difference = one - other
    return difference.constant != 0 and (difference.constant is not None or one.constant is None)


def shape_of(tensor: Known) -> str:
    """A shape as it is written: `(b, n, 96)`."""
    sizes = [shown(size) for size in tensor.shape]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def shown(size: Dim) -> str:
    """A length as people write it; one that has no name is `?`."""
    return readable(str(size))


def readable(text: str) -> str:
    """Text without the numbers that tell symbols of one name apart."""
    return _BRACKETED.sub(r"\1\2", _SYMBOL.sub(r"\1", _UNNAMED.sub("?", text)))
