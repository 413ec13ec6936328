"""What is known at a place of the program, and what remains of it where two ways meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from einlint.dimensions import Dim
from einlint.lazily import replace
from einlint.names import BindingKind
from einlint.program.terms import Axis
from einlint.program.value import BLANK, Dimension, Value, dimension, length_of
from einlint.shapes.objects import (
    UNKNOWN_DTYPE,
    UNNAMED,
    AxisName,
    Frame,
    Hole,
    Instance,
    Known,
    Listing,
    Origin,
    Step,
    forget,
    size,
)

_ASSIGNED = {BindingKind.VALUE, BindingKind.ELEMENT, BindingKind.OPAQUE}


class Snapshot(NamedTuple):
    """Everything that a branch may change."""

    names: dict[str, Any]
    holes: dict[Hole, Any]
    sizes: dict[str, Dim]
    attributes: dict[tuple[Instance, str], Any]
    called: dict[tuple[str, int], AxisName]
    settled: tuple[tuple[Hole, int, Dim], ...] = ()

    def again(self) -> Snapshot:
        """A copy, to begin from a second time."""
        names, holes, sizes, attributes, called, settled = self
        return Snapshot(dict(names), dict(holes), dict(sizes), dict(attributes), dict(called), settled)


class Memory:
    """The names of the present frame, what unknown things turned out to be, and attributes of objects.

    `sizes` are symbols that turned out to be other lengths, `settled` lengths that were noted with unknown tensors,
    `called` the names of axes, by the activation that calls them so.
    """

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.callers: list[Frame] = []
        self.holes: dict[Hole, Any] = {}
        self.sizes: dict[str, Dim] = {}
        self.attributes: dict[tuple[Instance, str], Any] = {}
        self.called: dict[tuple[str, int], AxisName] = {}
        self.settled: tuple[tuple[Hole, int, Dim], ...] = ()

    def forget(self) -> None:
        """Begin again, with what was learned of unknown things forgotten."""
        self.holes, self.sizes, self.attributes = {}, {}, {}

    def copy(self) -> Snapshot:
        names, attributes, called = dict(self.frame.names), dict(self.attributes), dict(self.called)
        return Snapshot(names, dict(self.holes), dict(self.sizes), attributes, called, self.settled)

    def restore(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot, which is not used again."""
        self.frame.names, self.holes, self.sizes, self.attributes, self.called, settled = snapshot
        if settled is not self.settled:
            same = _same(self.settled, settled)
            for hole, place, _ in self.settled[same:]:
                hole.lengths.pop(place, None)
            for hole, place, found in settled[same:]:
                hole.lengths[place] = found
            self.settled = settled

    def settle(self, hole: Hole, lengths: Sequence[Dim]) -> None:
        """Remember the lengths of a tensor that are plain symbols, for those that are alike."""
        if hole.alike:
            for place, found in enumerate(lengths):
                if found.name is not None and place not in hole.lengths:
                    hole.lengths[place] = found
                    self.settled = (*self.settled, (hole, place, found))

    def join(self, ways: Sequence[Snapshot]) -> None:
        """Keep what all ways agree on."""
        first, *others = ways
        for other in others:
            holes = _agreed(first.holes, other.holes)
            sizes = first.sizes
            if sizes != other.sizes:
                sizes = {k: v for k, v in sizes.items() if other.sizes.get(k) == v}
            names = _joined_tables(self, first, other, first.names, other.names)
            names |= self._kept(first.names, other.names)
            attributes = _joined_tables(self, first, other, first.attributes, other.attributes)
            called = _undisputed(first.called, other.called)
            settled = first.settled
            if settled is not other.settled:
                settled = settled[: _same(settled, other.settled)]
            first = Snapshot(names, holes, sizes, attributes, called, settled)
        self.restore(first)

    def _kept(self, one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
        """Names that only one way binds: to read them is to have come that way."""
        bindings = self.frame.scope.bindings
        kept: dict[str, Any] = {}
        for name in one.keys() ^ other.keys() if one.keys() != other.keys() else ():
            if {binding.kind for binding in bindings.get(name, ())} <= _ASSIGNED:
                kept[name] = one[name] if name in one else other[name]
        return kept

    def current(self, value: Any) -> Any:
        """A value with what has been learned about it since."""
        while value.__class__ is Hole:
            found = self.holes.get(value)
            if found is None:
                return value
            value = found
        if value.__class__ is Known:
            return self._updated(value)
        if value.__class__ is Dim:
            return self.size(value)
        return value

    def present(self, value: Any) -> Any:
        """The current value of something that is used as a tensor, and so is not None."""
        value = self.current(value)
        if value.__class__ is Hole and value.unless_none is not None:
            self.holes[value] = value.unless_none
            return self.current(value)
        return value

    def assumed(self, value: Any) -> Known | None:
        """The tensor whose axes something is assumed to have: itself where it is known."""
        value = self.current(value)
        if value.__class__ is Hole and value.assumed is not None:
            value = self.current(value.assumed)
        return value if value.__class__ is Known else None

    def size(self, value: Dim) -> Dim:
        """A length with what has been learned about its symbols."""
        for _ in range(20):
            if not self.sizes or self.sizes.keys().isdisjoint(value.symbols):
                break
            value = value.subs(self.sizes)
        return value

    def _updated(self, value: Known) -> Known:
        if not self.sizes or self.sizes.keys().isdisjoint(value.symbols):
            return value
        dims = [tuple([Axis(a.name, self.size(a.size), a.lineage) for a in d]) for d in value.dims]
        return replace(value, dims=tuple(dims))

    def change(self, tensor: Known) -> None:
        """Forget a tensor that is changed in place, under each of its names."""
        for hole in [hole for hole, value in self.holes.items() if value is tensor or self.current(hole) is tensor]:
            del self.holes[hole]
        for start in (self.frame, *self.callers):
            for frame in start.around():
                for name, value in frame.names.items():
                    if self._holds(value, tensor):
                        forget(value)
                        frame.names[name] = Hole(name)
        for key, value in self.attributes.items():
            if value is tensor:
                self.attributes[key] = Hole()

    def _holds(self, value: Any, tensor: Known) -> bool:
        """Whether a name may stand for a tensor, or for something that holds it."""
        if value.__class__ is Known:
            return value is tensor or self.current(value) == tensor
        items = value.items or () if isinstance(value, Listing) else value if isinstance(value, tuple) else ()
        items = list(value.values()) if isinstance(value, dict) else items
        return any(self._holds(item, tensor) for item in items)

    def forget_attributes(self, instance: Any) -> None:
        """Forget what was assigned to an object since it was made."""
        for key in self.attributes:
            if key[0] is instance:
                self.attributes[key] = Hole(key[1])

    def is_number(self, hole: Hole, depth: int = 0) -> bool:
        """Whether an unknown thing is a number."""
        if hole.numeric or isinstance(self.holes.get(hole), (int, Dim)):
            return True
        return depth < 8 and bool(hole.parents) and all(self.is_number(p, depth + 1) for p in hole.parents)


def _same(one: Sequence[Any], other: Sequence[Any]) -> int:
    """How many items two sequences begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a is not b), min(len(one), len(other)))


def _agreed(one: dict[Hole, Any], other: dict[Hole, Any]) -> dict[Hole, Any]:
    kept = {}
    for hole, value in one.items():
        if hole in other:
            both = value if value is other[hole] else joined(value, other[hole])
            if both.__class__ is not Hole:
                kept[hole] = both
    return kept


def _joined_tables(memory: Memory, a: Snapshot, b: Snapshot, one: Any, other: Any) -> Any:
    """Tables of values; what one side lacks is unknown. Most values are the same on both."""
    result = dict(one)
    for key in [key for key, left in one.items() if other.get(key, _ABSENT) is not left]:
        result[key] = joined(_at(memory, a, one[key]), _at(memory, b, other[key])) if key in other else Hole()
    if one.keys() != other.keys():
        result |= {key: Hole() for key in other if key not in one}
    return result


_ABSENT = object()


def _at(memory: Memory, snapshot: Snapshot, value: Any) -> Any:
    """A value as it is known on one of the ways."""
    memory.holes, memory.sizes = snapshot.holes, snapshot.sizes
    return memory.current(value)


def joined(one: Any, other: Any) -> Any:
    """What two values have in common."""
    if one is other:
        return one
    if isinstance(one, Known) and isinstance(other, Known) and len(one.dims) == len(other.dims):
        dims = tuple(_either(a, b) for a, b in zip(one.dims, other.dims, strict=True))
        dtype = one.dtype if one.dtype == other.dtype else UNKNOWN_DTYPE
        hearsay = one.hearsay or other.hearsay
        made = one.made if one.made is other.made else None
        if (dims, dtype, hearsay) == (one.dims, one.dtype, one.hearsay) and made is one.made:
            return one
        return replace(one, dims=dims, dtype=dtype, hearsay=hearsay, made=made)
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return tuple(joined(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, Listing) and isinstance(other, Listing):
        if one.items is not None and other.items is not None and len(one.items) == len(other.items):
            return Listing([joined(a, b) for a, b in zip(one.items, other.items, strict=True)])
        return Listing(None, joined(element_of(one), element_of(other)))
    if isinstance(one, Instance) and isinstance(other, Instance):
        return Hole()
    if one.__class__ is other.__class__ and isinstance(one, (int, float, str, bool, Dim)) and one == other:
        return one
    result = Hole(numeric=_is_numeric(one) and _is_numeric(other))
    result.unless_none = _unless_none(one, other)
    result.assumed = _assumed(one, other)
    return result


def _assumed(one: Any, other: Any) -> Known | None:
    """What two values are assumed to be like, both."""
    first = one.assumed if one.__class__ is Hole else one
    second = other.assumed if other.__class__ is Hole else other
    if first.__class__ is Known and second.__class__ is Known and len(first.dims) == len(second.dims):
        both = joined(first, second)
        return both if both.__class__ is Known else None
    return None


def _unless_none(one: Any, other: Any) -> Known | None:
    """The tensor that two values are where they are not None: one of them may be."""
    first = one.unless_none if one.__class__ is Hole else one
    second = other.unless_none if other.__class__ is Hole else other
    if one is None or other is None:
        found = second if one is None else first
    elif first.__class__ is Known and second.__class__ is Known and len(first.dims) == len(second.dims):
        found = joined(first, second)
    else:
        found = None
    return found if found.__class__ is Known else None


def _is_numeric(value: Any) -> bool:
    return isinstance(value, (int, float, Dim)) and not isinstance(value, bool)


def element_of(listing: Listing) -> Any:
    """What each element of a list is like."""
    if listing.items is None:
        return listing.element if listing.element is not None else Hole()
    if not listing.items:
        return None
    result = listing.items[0]
    for item in listing.items[1:]:
        result = joined(result, item)
    return result


def _either(one: Dimension, other: Dimension) -> Dimension:
    if one == other:
        return one
    a, b = length_of(one), length_of(other)
    return dimension(a if a == b else size(""))


def known(
    value: Value, origin: Origin | None, framework: str = "", hearsay: Origin | None = None, made: Step | None = None
) -> Known:
    """A tensor that an operation gave, with where it comes from."""
    dtype = value.dtype if value.dtype in ("bool", "int64") else UNKNOWN_DTYPE
    return Known(value.dims, BLANK, dtype, True, frozenset(), origin, framework, hearsay, made)


def tensor(sizes: Sequence[Dim], origin: Origin) -> Known:
    """A tensor of these lengths."""
    return Known(tuple([dimension(s) for s in sizes]), BLANK, origin=origin)


def covers(one: Any, other: Any) -> bool:
    """Whether `other` is one of the values that `one` stands for, so that a loop need not be read again."""
    if one is other or one.__class__ is Hole:
        return True
    if isinstance(one, Known) and isinstance(other, Known) and len(one.dims) == len(other.dims):
        pairs = zip(one.shape, other.shape, strict=True)
        return all(a == b or _is_any(a) for a, b in pairs)
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return all(map(covers, one, other))
    return one.__class__ is other.__class__ and isinstance(one, (int, float, str, bool, Dim)) and one == other


def _is_any(value: Dim) -> bool:
    """Whether a length was made where two ways met, and stands for every length."""
    return value.name is not None and value.name.startswith(UNNAMED)


def _undisputed(one: dict[tuple[str, int], AxisName], other: dict[tuple[str, int], AxisName]) -> dict[Any, AxisName]:
    """What axes are called on one way or both, but not otherwise on the other."""
    if one == other:
        return one
    return {k: v for k, v in (one | other).items() if one.get(k, v).text == other.get(k, v).text}
