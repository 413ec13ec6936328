"""Tensors that share their axes: what is added, contracted or compared runs over the same indices."""

from __future__ import annotations

from collections.abc import Sequence

from einlint.dimensions import ONE, Dim, dim
from einlint.lazily import replace
from einlint.program.canonical import key_of, selections
from einlint.program.deciding import decider
from einlint.program.guards import settled
from einlint.program.terms import Axis, Linear, Unprovable, new_axis, subs
from einlint.program.value import Dimension, Value, dimension, fresh, index_of, length_of, with_dimension

_MOST_CASES = 64


def align(values: Sequence[Value], places: Sequence[Sequence[int | None]]) -> tuple[list[Value], list[Dimension]]:
    """Make dimensions that stand for the same index share their axes.

    `places[k][v]` is the dimension of value `v` that the common dimension `k` is, None where it has none.
    Raises Unprovable where two factorisations have no common refinement.
    """
    if decider().by_shape:
        return list(values), [
            widest([values[v].dims[p] for v, p in enumerate(place) if p is not None]) for place in places
        ]
    values = [fresh(value) for value in values]
    common: list[Dimension] = []
    for place in places:
        held = [(v, position) for v, position in enumerate(place) if position is not None]
        shared, table = refined([values[v].dims[p] for v, p in held])
        for v, p in held:
            values[v] = with_dimension(replace(values[v], body=subs(values[v].body, table)), p, shared)
        common.append(shared)
    return values, common


def widest(dimensions: Sequence[Dimension]) -> Dimension:
    """The dimension that the others broadcast to."""
    if len(dimensions) == 1:
        return dimensions[0]
    wide = decider().common([length_of(d) for d in dimensions])
    return next((d for d in dimensions if length_of(d) == wide), None) or _widest_axes(dimensions) or dimension(wide)


def _widest_axes(dimensions: Sequence[Dimension]) -> Dimension | None:
    """The axes of dimensions of as many axes, all of the same lengths but one that is not known to be.

    Where `(b h)` and `(c h)` broadcast, b and c do: the lengths are equal, or one is 1 and `h` is 1 in both.
    """
    long = [d for d in dimensions if d]
    if len({len(d) for d in long}) != 1 or len(long[0]) < 2:
        return None
    columns = [{axis.size for axis in column} for column in zip(*long, strict=True)]
    open_columns = [sizes for sizes in columns if len(sizes) > 1]
    if len(open_columns) != 1 or any(size.constant is not None for size in open_columns[0]):
        return None
    axes = zip(long[0], columns, strict=True)
    return tuple(axis if len(sizes) == 1 else new_axis(decider().common(list(sizes))) for axis, sizes in axes)


def refined(dimensions: Sequence[Dimension]) -> tuple[Dimension, dict[str, Dim]]:
    """The coarsest common factorisation of equally long dimensions, and how their axes follow from it."""
    queues = [[(axis, axis.size) for axis in reversed(d) if axis.size != ONE] for d in dimensions]
    pieces: dict[str, list[Axis]] = {}
    done: list[Axis] = []
    while any(queues):
        heads = [queue[0][1] for queue in queues if queue]
        step = next((h for h in heads if all(other.exact(h) is not None for other in heads)), None)
        if step is None or len(heads) < len(queues):
            raise Unprovable("factorisations that do not align")
        done.append(new_axis(step))
        for queue in queues:
            owner, left = queue[0]
            pieces.setdefault(owner.name, []).append(done[-1])
            rest = left.exact(step)
            assert rest is not None
            queue[:1] = [] if rest == ONE else [(owner, rest)]
    table = {name: index_of(tuple(reversed(parts))) for name, parts in pieces.items()}
    table.update({axis.name: dim(0) for d in dimensions for axis in d if axis.size == ONE})
    return tuple(reversed(done)), table


def same(one: Value, other: Value) -> bool:
    """Whether two tensors are equal for all sizes, in shape, dtype and value. Raises Unprovable when it cannot say."""
    if len(one.dims) != len(other.dims) or one.dtype != other.dtype or one.conditions != other.conditions:
        return False
    if any(a != b for a, b in zip(one.shape, other.shape, strict=True)):
        return False
    (a, b), dims = align([one, other], [(k, k) for k in range(len(one.dims))])
    return all(_same_term(x, y, [axis for d in dims for axis in d]) for x, y in _cases(a.body, b.body, dims))


def _same_term(one: Linear, other: Linear, axes: list[Axis]) -> bool:
    names = {axis.name: f"^{i:03}" for i, axis in enumerate(axes)}
    one, other = (settled(term, axes, decider().facts) for term in (one, other))
    return key_of(one, names, inner=False) == key_of(other, names, inner=False)


def _cases(one: Linear, other: Linear, dims: Sequence[Dimension]) -> list[tuple[Linear, Linear]]:
    """Both terms for every value of the short output axes that decide a selection."""
    chosen = {
        s for term in (one, other) for _, c in term.parts for f in c.factors for i in selections(f) for s in i.symbols
    }
    cases = [(one, other)]
    for axis in (a for d in dims for a in d if a.name in chosen):
        size = axis.size.constant
        if size is None or size * len(cases) > _MOST_CASES:
            continue
        cases = [(subs(a, {axis.name: dim(i)}), subs(b, {axis.name: dim(i)})) for a, b in cases for i in range(size)]
    return cases
