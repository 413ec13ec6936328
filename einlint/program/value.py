"""A tensor as a program: dimensions that are ordered products of axes, and the term of one element."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar

from einlint.dimensions import ONE, Dim, Facts, dim
from einlint.dimensions.alignment import blocks
from einlint.dimensions.dim import product
from einlint.lazily import cached, dataclass, replace
from einlint.program.canonical import fuse, key_of, selections
from einlint.program.guards import settled
from einlint.program.terms import Axis, Lineage, Linear, Read, Unprovable, factor, new_axis, subs

Dimension = tuple[Axis, ...]
BLANK = Linear(())
"""The body of a tensor of which only the dimensions are asked for."""
_MOST_CASES = 64


class Undefined(Exception):
    """The operation raises for these sizes."""


@dataclass(frozen=True)
class Value:
    """A tensor. `dims` are its dimensions, most significant axis first; the axes occur free in `body`.

    `contiguous` is None when the memory layout is not known; `conditions` say for which sizes the
    value is defined, as sortable keys beyond what its dimensions need.
    """

    dims: tuple[Dimension, ...]
    body: Linear
    dtype: str = "float64"
    contiguous: bool = True
    conditions: frozenset[tuple[str, ...]] = frozenset()

    @cached
    def shape(self) -> tuple[Dim, ...]:
        return tuple([length_of(d) for d in self.dims])

    @cached
    def axes(self) -> tuple[Axis, ...]:
        return tuple([axis for dimension in self.dims for axis in dimension])


@dataclass(frozen=True)
class Query:
    """A question about two sizes: `equal`, `at_least` or `divides`."""

    kind: str
    one: Dim
    other: Dim

    def holds(self, sizes: Mapping[str, int]) -> bool:
        """The answer for given sizes."""
        a, b = self.one.value(sizes), self.other.value(sizes)
        if self.kind == "divides":
            return b % a == 0 if a else b == 0
        return a == b if self.kind == "equal" else a >= b

    def subs(self, values: Mapping[str, Dim]) -> Query:
        return Query(self.kind, self.one.subs(values), self.other.subs(values))


class Undecided(Unprovable):
    """The answer to a question depends on the sizes."""

    def __init__(self, query: Query) -> None:
        super().__init__(query)
        self.query = query

    def __str__(self) -> str:
        return f"whether {self.query.one} {self.query.kind} {self.query.other} depends on the sizes"


class Decider:
    """Answers questions about sizes for all sizes at once; raises Undecided where sizes differ in the answer.

    `by_shape` says that only dimensions are asked for: bodies are left out.
    """

    by_shape = False

    def __init__(self, facts: Facts, answers: Mapping[Query, bool] | None = None) -> None:
        self.facts = facts
        self.answers = answers or {}

    def equal(self, one: Dim, other: Dim) -> bool:
        """Whether two lengths are equal."""
        difference = one - other
        if not difference.terms:
            return True
        if self.facts.at_least(difference, 1) or self.facts.at_least(-difference, 1):
            return False
        return self.ask(Query("equal", *sorted((one, other), key=lambda d: d.key)))

    def at_least(self, one: Dim, other: Dim) -> bool:
        """Whether `one >= other`."""
        if self.facts.at_least(one - other, 0):
            return True
        if self.facts.at_least(other - one, 1):
            return False
        return self.ask(Query("at_least", one, other))

    def divides(self, divisor: Dim, value: Dim) -> bool:
        """Whether a length is a multiple of another."""
        if value.exact(divisor) is not None:
            return True
        a, b = value.constant, divisor.constant
        if a is not None and b:
            return a % b == 0
        rest = value % divisor
        if rest.constant is not None and b and rest.constant % b:
            return False
        return self.ask(Query("divides", divisor, value))

    def integer(self, size: Dim) -> int:
        """A length that must be a number here."""
        if size.constant is None:
            raise Unprovable(f"{size} must be a number")
        return size.constant

    def common(self, sizes: Sequence[Dim]) -> Dim:
        """The size that lengths broadcast to; 1 fits every length. Raises Undefined where they do not fit."""
        wide = ONE
        for size in sizes:
            if size in (wide, ONE):
                continue
            if wide == ONE or self.equal(wide, ONE):
                wide = size
            elif not self.equal(size, wide):
                require(self.equal(size, ONE), "sizes do not broadcast")
        return wide

    def must(self, kind: str, one: Dim, other: Dim, reason: str) -> None:
        """Raise Undefined for this reason unless `equal` or `divides` holds."""
        require(self.equal(one, other) if kind == "equal" else self.divides(one, other), reason)

    def notice(self, query: Query) -> None:
        """Sizes decide here what the operation does, though its program is one: tests must know."""

    def admit(self, reason: str) -> None:
        """The program leaves something out: nothing can be proved, but sizes can be chosen by it."""
        raise Unprovable(reason)

    def ask(self, query: Query) -> bool:
        """The remembered answer to a question that the facts leave open."""
        if query not in self.answers:
            raise Undecided(query)
        return self.answers[query]


class ConcreteDecider(Decider):
    """Answers every question for given sizes and remembers what was asked."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        super().__init__(Facts())
        self.sizes = sizes
        self.asked: set[Query] = set()

    def equal(self, one: Dim, other: Dim) -> bool:
        return self.ask(Query("equal", one, other))

    def at_least(self, one: Dim, other: Dim) -> bool:
        return self.ask(Query("at_least", one, other))

    def divides(self, divisor: Dim, value: Dim) -> bool:
        return self.ask(Query("divides", divisor, value))

    def integer(self, size: Dim) -> int:
        return size.value(self.sizes)

    def notice(self, query: Query) -> None:
        self.ask(query)

    def admit(self, reason: str) -> None:
        """For given sizes a description by shape is enough."""

    def ask(self, query: Query) -> bool:
        if query.one.symbols or query.other.symbols:
            self.asked.add(query)
        return query.holds(self.sizes)


_decider: ContextVar[Decider | None] = ContextVar("decider", default=None)
_PLAIN = Decider(Facts())


def decider() -> Decider:
    """The decider of the evaluation under way."""
    return _decider.get() or _PLAIN


def use_decider(chosen: Decider | None) -> None:
    """Decide all further questions of this context by `chosen`; None for what holds for all sizes."""
    _decider.set(chosen)


def length_of(dimension: Dimension) -> Dim:
    return dimension[0].size if len(dimension) == 1 else product([axis.size for axis in dimension])


def equal(one: Dim, other: Dim) -> bool:
    return decider().equal(one, other)


def require(condition: bool, reason: str) -> None:
    """Raise Undefined unless the condition holds."""
    if not condition:
        raise Undefined(reason)


def require_equal(one: Dim, other: Dim, reason: str) -> None:
    """Raise Undefined unless two lengths are equal."""
    decider().must("equal", one, other, reason)


def require_divides(divisor: Dim, value: Dim, reason: str) -> None:
    """Raise Undefined unless a length is a multiple of another."""
    decider().must("divides", divisor, value, reason)


def operand(name: str, shape: Sequence[Dim], dtype: str = "float64") -> Value:
    """An input of these lengths."""
    dims = tuple(dimension(size) for size in shape)
    return Value(dims, factor(Read(name, tuple(map(index_of, dims)))), dtype)


def dimension(size: Dim) -> Dimension:
    """A new dimension of this length; one of length 1 needs no axis."""
    return () if size == ONE else (new_axis(size),)


def opaque(shape: Sequence[Dim], like: Value) -> Value:
    """A tensor of which nothing but the shape is known: equal only to itself."""
    if decider().by_shape:
        own = like.dims if len(like.dims) == len(shape) else [None] * len(shape)
        kept = (
            d if d is not None and length_of(d) == size else dimension(size) for d, size in zip(own, shape, strict=True)
        )
        return replace(like, dims=tuple(kept), body=BLANK, contiguous=False)
    value = operand(f"?{new_axis(ONE).name}", shape, like.dtype)
    return replace(value, conditions=like.conditions, contiguous=False)


def index_of(dimension: Dimension) -> Dim:
    """The position along a dimension as a polynomial of its axes."""
    position = dim(0)
    for axis in dimension:
        position = position * axis.size + axis.index
    return position


def fresh(value: Value) -> Value:
    """The same tensor over fresh axes, so that it can meet itself."""
    if decider().by_shape:
        return value
    table = {axis.name: new_axis(axis.size) for axis in value.axes}
    body = subs(value.body, {name: axis.index for name, axis in table.items()})
    return replace(value, dims=tuple(tuple(table[a.name] for a in d) for d in value.dims), body=body)


def regroup(value: Value, shape: Sequence[Dim]) -> Value:
    """The tensor with its axes, in their order, grouped into dimensions of these lengths.

    This is reshape. Where the factorisations do not align the result is opaque.
    """
    require_equal(product(value.shape), product(shape), "the number of elements differs")
    if decider().by_shape:
        return split(value, shape)
    waiting = [axis for axis in value.axes if axis.size != ONE]
    units = {axis.name: dim(0) for axis in value.axes if axis.size == ONE}
    body, dims = subs(value.body, units), []
    for size in shape:
        taken: list[Axis] = []
        need = size
        while need != ONE:
            if not waiting:
                return opaque(shape, value)
            axis = waiting.pop(0)
            rest, more = axis.size.exact(need), need.exact(axis.size)
            if more is not None:
                taken.append(axis)
                need = more
            elif rest is not None:
                high = new_axis(need, Lineage("part", (axis,), step=rest))
                low = new_axis(rest, Lineage("part", (axis,)))
                body = subs(body, {axis.name: high.index * rest + low.index})
                taken.append(high)
                waiting.insert(0, low)
                need = ONE
            else:
                return opaque(shape, value)
        dims.append(tuple(taken))
    return replace(value, dims=tuple(dims), body=body) if not waiting else opaque(shape, value)


def split(value: Value, shape: Sequence[Dim]) -> Value:
    """`regroup` into lengths that are known to make up those of the dimensions."""
    if not decider().by_shape:
        return regroup(value, shape)
    if value.shape == tuple(shape) and all(axis.size != ONE for axis in value.axes):
        return value
    return replace(value, dims=_regrouped(value.axes, shape), body=BLANK)


def _regrouped(every: Sequence[Axis], shape: Sequence[Dim]) -> tuple[Dimension, ...]:
    """The dimensions of a reshape by shape alone: what does not align gets new axes, and only that."""
    axes = [axis for axis in every if axis.size != ONE]
    wanted = [at for at, size in enumerate(shape) if size != ONE]
    dims: list[Dimension] = [()] * len(shape)
    for block in blocks([axis.size for axis in axes], [shape[at] for at in wanted]):
        inner, places = axes[block.before.start : block.before.stop], wanted[block.after.start : block.after.stop]
        made = regrouped_block(inner, [shape[at] for at in places])
        for at, dimension_ in zip(places, made or [dimension(shape[at]) for at in places], strict=True):
            dims[at] = dimension_
    return tuple(dims)


def regrouped_block(axes: Sequence[Axis], sizes: Sequence[Dim]) -> list[Dimension] | None:
    """One axis cut into several, several in one, or what divides in turn; None where axes and sizes do not align."""
    if len(sizes) == 1:
        return [tuple(axes)]
    if len(axes) == 1:
        steps = [product(sizes[place + 1 :]) for place in range(len(sizes))]
        return [(new_axis(size, Lineage("part", (axes[0],), step=s)),) for size, s in zip(sizes, steps, strict=True)]
    waiting, dims = list(axes), []
    for size in sizes:
        taken: list[Axis] = []
        need = size
        while need != ONE:
            if not waiting:
                return None
            axis = waiting.pop(0)
            rest, more = axis.size.exact(need), need.exact(axis.size)
            if more is not None:
                taken.append(axis)
                need = more
            elif rest is not None:
                taken.append(new_axis(need, Lineage("part", (axis,), step=rest)))
                waiting.insert(0, new_axis(rest, Lineage("part", (axis,))))
                need = ONE
            else:
                return None
        dims.append(tuple(taken))
    return None if waiting else dims


def single(value: Value, position: int) -> Value:
    """The tensor with one dimension made of one axis, for slicing. Raises Unprovable when it is entangled."""
    dimension = value.dims[position]
    if len(dimension) == 1:
        return value
    if not dimension:
        axis = new_axis(ONE)
        return _with_dimension(value, position, (axis,))
    whole = new_axis(length_of(dimension), Lineage("whole", dimension))
    axes, body = fuse(dimension, value.body)
    if len(axes) != 1:
        raise Unprovable("a slice of a merged dimension")
    body = subs(body, {axes[0].name: whole.index})
    return _with_dimension(replace(value, body=body), position, (whole,))


def _with_dimension(value: Value, position: int, dimension: Dimension) -> Value:
    return replace(value, dims=(*value.dims[:position], dimension, *value.dims[position + 1 :]))


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
        shared, table = _refined([values[v].dims[p] for v, p in held])
        for v, p in held:
            values[v] = _with_dimension(replace(values[v], body=subs(values[v].body, table)), p, shared)
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


def _refined(dimensions: Sequence[Dimension]) -> tuple[Dimension, dict[str, Dim]]:
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
