"""roll and pad: a dimension put together again from its own pieces, and from constants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from einlint.dimensions import ONE, ZERO, Dim, dim
from einlint.dimensions.dim import product
from einlint.lazily import replace
from einlint.operations.arithmetic import is_finite, term_of
from einlint.operations.scalars import NUMBERS
from einlint.operations.segments import cut, flip, joined
from einlint.operations.structure import number_of
from einlint.operations.table import denotes
from einlint.program.deciding import decider, require
from einlint.program.terms import COPY, Unprovable, new_axis, subs
from einlint.program.value import Value, opaque, regroup

Amounts = tuple[Dim, Dim]  # before the first element, after the last


def whole(value: Any) -> Dim:
    """An integer argument. Raises Unprovable for anything else, truth values included."""
    if isinstance(value, bool) or not isinstance(value, int | Dim):
        raise Unprovable("an amount that is no integer")
    return dim(value)


@denotes("T.roll")
def roll(x: Value, shifts: Any, dims: Any = None) -> Value:
    listed = [v if isinstance(v, (tuple, list)) else [v] for v in (shifts, dims)]
    if len(listed[0]) != len(listed[1]):
        raise Unprovable("shifts and dimensions that do not pair")
    if not decider().by_shape and not all(decider().at_least(size, ONE) for size in x.shape):
        raise Unprovable("roll of nothing")
    return _rolled(x, *listed)


@denotes("numpy.roll")
def numpy_roll(x: Value, shift: Any, axis: Any = None) -> Value:
    listed = [list(v) if isinstance(v, (tuple, list)) else [v] for v in (shift, axis)]
    longest = max(map(len, listed))
    if any(len(each) not in (1, longest) for each in listed):
        raise Unprovable("shifts and axes that do not pair")
    return _rolled(x, *(each * longest if len(each) == 1 else each for each in listed))


def _rolled(x: Value, shifts: Sequence[Any], places: Sequence[Any]) -> Value:
    numbers = [number_of(place, len(x.dims)) for place in places if place is not None]
    if decider().by_shape:
        return opaque(x.shape, x)
    if list(places) == [None]:
        flat = regroup(x, [product(x.shape)])
        return regroup(_turned(flat, 0, whole(shifts[0])), x.shape)
    if len(set(numbers)) < len(numbers):
        decider().admit("a dimension that is rolled twice")
    for at, shift in zip(numbers, shifts, strict=True):
        x = _turned(x, at, whole(shift))
    return x


def _turned(x: Value, at: int, shift: Dim) -> Value:
    """One dimension moved on, its last elements first."""
    size = x.shape[at]
    last = _turn(shift, size)
    return joined([cut(x, at, size - last, last), cut(x, at, ZERO, size - last)], at)


def _turn(shift: Dim, size: Dim) -> Dim:
    """How many elements come from the end, from 0 to all."""
    if decider().at_least(shift, ZERO):
        if decider().at_least(size, shift):
            return shift
    elif decider().at_least(size, -shift):
        return size + shift
    length = decider().integer(size)
    return dim(decider().integer(shift) % length) if length else ZERO


def _constant(value: Any) -> Callable[[Value, int, Amounts], Value]:
    def padded(x: Value, at: int, amounts: Amounts) -> Value:
        body = term_of(value)
        ends = [replace(_repeated(x, at, amount), body=body) for amount in amounts]
        return joined([ends[0], x, ends[1]], at)

    return padded


def _repeated(x: Value, at: int, count: Dim) -> Value:
    """An element of a dimension, of length 1, as often as asked for."""
    copies = () if count == ONE else (new_axis(count, COPY),)
    return replace(x, dims=(*x.dims[:at], copies, *x.dims[at + 1 :]), contiguous=False)


def _edge(x: Value, at: int, amounts: Amounts) -> Value:
    size = x.shape[at]
    require(decider().at_least(size, ONE), "an edge of nothing")
    ends = [cut(x, at, start, ONE) for start in (ZERO, size - 1)]
    first, last = (
        end if amount == ONE else _repeated(_unit(end, at), at, amount)
        for end, amount in zip(ends, amounts, strict=True)
    )
    return joined([first, x, last], at)


def _unit(x: Value, at: int) -> Value:
    """A dimension of length 1 without its axis."""
    body = subs(x.body, {axis.name: ZERO for axis in x.dims[at]})
    return replace(x, dims=(*x.dims[:at], (), *x.dims[at + 1 :]), body=body)


def _wrapped(x: Value, at: int, amounts: Amounts) -> Value:
    size = x.shape[at]
    _enough(size, amounts)
    return joined([cut(x, at, size - amounts[0], amounts[0]), x, cut(x, at, ZERO, amounts[1])], at)


def _reflected(x: Value, at: int, amounts: Amounts) -> Value:
    size = x.shape[at]
    _enough(size - 1, amounts)
    before, after = cut(x, at, ONE, amounts[0]), cut(x, at, size - 1 - amounts[1], amounts[1])
    return joined([flip(before, at), x, flip(after, at)], at)


def _enough(size: Dim, amounts: Amounts) -> None:
    if not all(decider().at_least(size, amount) for amount in amounts):
        raise Unprovable("padding by more than there is")


Padding = Callable[[Value, int, Amounts], Value]
_TORCH_MODES: Mapping[str, Padding] = {"reflect": _reflected, "replicate": _edge, "circular": _wrapped}
_NUMPY_MODES: Mapping[str, Padding] = {"reflect": _reflected, "edge": _edge, "wrap": _wrapped}


@denotes("F.pad")
def pad(x: Value, pad: Any, mode: str = "constant", value: Any = None) -> Value:
    if not isinstance(pad, (tuple, list)) or len(pad) % 2:
        raise Unprovable("padding that is not written out")
    count = len(pad) // 2
    require(count <= len(x.dims), "padding of more axes than there are")
    amounts = {len(x.dims) - 1 - k: (whole(pad[2 * k]), whole(pad[2 * k + 1])) for k in range(count)}
    shape = [size + sum(amounts.get(at, ())) for at, size in enumerate(x.shape)]
    constant = mode == "constant"
    if constant and all(amount == ZERO for pair in amounts.values() for amount in pair):
        return x
    require(all(decider().at_least(size, ZERO) for size in shape), "padding below nothing")
    if decider().by_shape:
        return opaque(shape, x)
    if not constant:
        if count not in (1, 2, 3) or len(x.dims) not in (count + 1, count + 2):
            raise Unprovable("padding of a rank that depends on the mode")
        if mode not in _TORCH_MODES or not all(decider().at_least(size, ONE) for size in x.shape):
            raise Unprovable("padding of nothing, or of a kind that is not described")
        return _padded(x, amounts, _TORCH_MODES[mode])
    x, amounts = _shortened(x, amounts)
    return _filled(x, amounts, 0 if value is None else value)


def _shortened(x: Value, amounts: Mapping[int, Amounts]) -> tuple[Value, dict[int, Amounts]]:
    """Negative padding takes elements away."""
    kept: dict[int, Amounts] = {}
    for at, pair in amounts.items():
        before, after = (ZERO if decider().at_least(amount, ZERO) else -amount for amount in pair)
        if before != ZERO or after != ZERO:
            size = x.shape[at] - before - after
            if not decider().at_least(size, ZERO):
                raise Unprovable("padding that takes more than there is and adds some")
            x = cut(x, at, before, size)
        kept[at] = (pair[0] + before, pair[1] + after)
    return x, kept


def _filled(x: Value, amounts: Mapping[int, Amounts], value: Any) -> Value:
    plain = isinstance(value, NUMBERS) and is_finite(value) and not isinstance(value, bool)
    if not plain or (x.dtype != "float64" and value != 0):
        return opaque([size + sum(amounts.get(at, ())) for at, size in enumerate(x.shape)], x)
    return _padded(x, amounts, _constant(value))


def surrounded(x: Value, amounts: Sequence[Dim]) -> Value:
    """The tensor with as many zeros before as after each of the last dimensions."""
    first = len(x.dims) - len(amounts)
    return _filled(x, {first + k: (amount, amount) for k, amount in enumerate(amounts)}, 0)


def _padded(x: Value, amounts: Mapping[int, Amounts], padding: Padding) -> Value:
    for at, pair in sorted(amounts.items()):
        if not all(decider().at_least(amount, ZERO) for amount in pair):
            raise Unprovable("a negative amount")
        if pair != (ZERO, ZERO):
            x = padding(x, at, pair)
    return x


@denotes("numpy.pad")
def numpy_pad(x: Value, pad_width: Any, mode: Any = "constant", constant_values: Any = 0, **options: Any) -> Value:
    if options or (mode != "constant" and mode not in _NUMPY_MODES):
        decider().admit("padding of a kind that is not described")
    pairs = _pairs(pad_width, len(x.dims))
    require(all(decider().at_least(amount, ZERO) for pair in pairs for amount in pair), "negative padding")
    amounts = dict(enumerate(pairs))
    if decider().by_shape or options or (mode != "constant" and mode not in _NUMPY_MODES):
        return opaque([size + sum(pair) for size, pair in zip(x.shape, pairs, strict=True)], x)
    if mode != "constant":
        return _padded(x, amounts, _NUMPY_MODES[mode])
    return _filled(x, amounts, constant_values)


def _pairs(width: Any, rank: int) -> list[Amounts]:
    """One amount, a pair for all axes, or a pair for each."""
    pairs = width if isinstance(width, (tuple, list)) else [width]
    if not any(isinstance(p, (tuple, list)) for p in pairs):
        pairs = [pairs]
    listed = [tuple(map(whole, p if isinstance(p, (tuple, list)) else [p])) for p in pairs]
    if len(listed) not in (1, rank) or any(len(p) not in (1, 2) for p in listed):
        raise Unprovable("padding for another count of dimensions")
    ends = [(p[0], p[-1]) for p in listed]
    return ends * rank if len(ends) == 1 else ends
