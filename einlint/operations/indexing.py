"""Subscripts of tensors: integers, slices, None and an ellipsis; arrays and masks by shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from einlint.dimensions import Dim, dim, symbol
from einlint.lazily import replace
from einlint.operations.arithmetic import common_size
from einlint.operations.segments import cut, flip, picked
from einlint.operations.structure import unsqueeze
from einlint.program.deciding import decider, require
from einlint.program.terms import Unprovable, new_axis
from einlint.program.value import Dimension, Value, dimension, opaque


def subscript(x: Value, index: Any, kind: str) -> Value:
    """`x[index]` for a Tensor or an ndarray."""
    items = list(index) if isinstance(index, tuple) else [index]
    taken = sum(_covered(i) for i in items)
    if sum(i is ... for i in items) > 1:
        raise Unprovable("two ellipses")
    require(taken <= len(x.dims), "too many indices")
    if not any(i is ... for i in items):
        items.append(...)
    at = next(k for k, i in enumerate(items) if i is ...)
    items[at : at + 1] = [slice(None)] * (len(x.dims) - taken)
    if any(isinstance(i, (Value, list, bool)) for i in items):
        return _gathered(x, items, kind)
    return _basic(x, items, kind)


def _covered(item: Any) -> int:
    """How many dimensions an index stands for."""
    if isinstance(item, Value) and item.dtype in ("bool", "uint8"):
        return len(item.dims)
    return int(item is not None and item is not ... and not isinstance(item, bool))


def _basic(x: Value, items: Sequence[Any], kind: str) -> Value:
    position = 0
    for item in items:
        if item is None:
            x = unsqueeze(x, position)
            position += 1
        elif isinstance(item, slice):
            x = sliced(x, position, item, kind)
            position += 1
        elif isinstance(item, (int, Dim)):
            x = picked(x, position, item)
        else:
            raise Unprovable("an index that is no integer")
    return x


def _gathered(x: Value, items: Sequence[Any], kind: str) -> Value:
    """Indexing by arrays: their common shape stands where they stood, or first when they are apart."""
    decider().admit("indexing by a tensor or a list")
    if kind == "Tensor":
        x, items = _integers_first(x, items)
    position = 0
    places: list[int] = []
    shapes: list[list[Dim]] = []
    dims: list[Dimension] = []
    apart = [k for k, item in enumerate(items) if not (item is None or isinstance(item, slice))]
    for item in items:
        if item is None:
            dims.append(())
        elif isinstance(item, slice):
            dims.append(sliced(x, position, item, kind).dims[position])
            position += 1
        else:
            places.append(len(dims))
            shapes.append(_index_shape(item, kind))
            position += _covered(item)
    first = places[0] if apart == list(range(apart[0], apart[-1] + 1)) else 0
    new = [dimension(size) for size in _broadcast(shapes)]
    result = replace(x, dims=(*dims[:first], *new, *dims[first:]))
    return opaque(result.shape, result)


def _integers_first(x: Value, items: Sequence[Any]) -> tuple[Value, list[Any]]:
    """torch takes integers before it looks at arrays."""
    position = 0
    rest: list[Any] = []
    for item in items:
        if isinstance(item, (int, Dim)) and not isinstance(item, bool):
            x = picked(x, position, item)
            continue
        rest.append(item)
        position += _covered(item)
    return x, rest


def _index_shape(item: Any, kind: str) -> list[Dim]:
    if isinstance(item, bool) or isinstance(item, Value) and item.dtype in ("bool", "uint8"):
        return [unknown_length()]
    if isinstance(item, Value):
        return list(item.shape)
    if isinstance(item, list):
        if kind == "Tensor" and any(isinstance(i, (list, Value)) for i in item):
            raise Unprovable("a list of lists, which torch takes for a tuple")
        if item and all(isinstance(i, bool) for i in item):
            return [dim(sum(item))]
        inner = [_index_shape(i, kind) for i in item]
        require(all(len(i) == len(inner[0]) for i in inner), "a ragged index")
        return [dim(len(item)), *(inner[0] if inner else [])]
    if isinstance(item, (int, Dim)):
        return []
    raise Unprovable("an index that is no integer")


def _broadcast(shapes: Sequence[Sequence[Dim]]) -> list[Dim]:
    rank = max(len(s) for s in shapes)
    return [common_size([s[k - rank] for s in shapes if len(s) >= rank - k]) for k in range(rank)]


def unknown_length() -> Dim:
    """A length that values decide. Its name begins with `~`: it may be 0."""
    decider().admit("a length that values decide")
    if not decider().by_shape:
        raise Unprovable("a length that values decide")
    return symbol(new_axis(dim(1)).name.replace("#", "~"))


def sliced(x: Value, at: int, item: slice, kind: str = "Tensor") -> Value:
    """A slice of one dimension, clamped to its length as Python does."""
    if item.start is item.stop is item.step is None:
        return x
    size = x.shape[at]
    step = 1 if item.step is None else item.step
    if isinstance(step, Dim) and step.constant is not None:
        step = step.constant
    if not isinstance(step, int) or step == 0:
        raise Unprovable("a step that is not a constant")
    if step < 0:
        return _reversed(x, at, item, step, kind)
    start = _clamped(dim(0) if item.start is None else _bound(item.start), size)
    stop = _clamped(size if item.stop is None else _bound(item.stop), size)
    span = stop - start
    if not decider().at_least(span, dim(0)):
        span = dim(0)
    count = span if step == 1 else (span + (step - 1)) // step
    return cut(x, at, start, count, step)


def _bound(value: Any) -> Dim:
    if not isinstance(value, (int, Dim)):
        raise Unprovable("a bound that is no integer")
    return dim(value)


def _reversed(x: Value, at: int, item: slice, step: int, kind: str) -> Value:
    require(kind == "ndarray", "a negative step")
    if item.start is not None or item.stop is not None:
        raise Unprovable("a negative step")
    return sliced(flip(x, at), at, slice(None, None, -step)) if step != -1 else flip(x, at)


def _clamped(bound: Dim, size: Dim) -> Dim:
    if bound == size:
        return size
    if (
        bound.constant is None
        and decider().at_least(bound, dim(0)) is False
        or bound.constant is not None
        and bound.constant < 0
    ):
        bound = bound + size
        return bound if decider().at_least(bound, dim(0)) else dim(0)
    return bound if decider().at_least(size, bound) else size
