"""The sizes that a form allows: in order of increasing sum, and near a wanted assignment."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping

from einlint.verification.constraints import Constraint, lowest, satisfiable, value
from einlint.verification.question import Assignment, Form, Question

_MAX_VISITED = 20_000
_MAX_STEP, _MAX_SLOW_STEP = 4096, 128  # where a constraint is not linear, each step is a search


class SizeSpace:
    """The allowed assignments of a form's named axes."""

    def __init__(self, question: Question, form: Form) -> None:
        self.axes = question.axes(form)
        self.fixed = question.sizes
        self.constraints = question.constraints
        names = {*self.axes, *(name for constraint in self.constraints for name in constraint.names)}
        self.lows = {name: lowest(name, self.constraints) for name in names}
        self.derived = self._derived()
        self.free = tuple(axis for axis in self.axes if axis not in self.derived)
        self._alone = {axis: self._only_about(axis) for axis in self.free}
        self._tops: dict[str, int] = {}  # sizes above are known to be not allowed
        self._values: dict[str, list[int]] = {axis: [] for axis in self.free}

    def _derived(self) -> dict[str, Constraint]:
        """Axes that other named axes determine: `N = h*w`."""
        found: dict[str, Constraint] = {}
        for c in self.constraints:
            others = c.used - {c.name}
            settles = c.relation == "=" and c.name in self.axes and c.name not in {*self.fixed, *found, *c.used}
            if settles and others and others <= set(self.axes) - found.keys():
                found[c.name] = c
        return found

    def _only_about(self, axis: str) -> tuple[Constraint, ...]:
        """The constraints that touch this axis and no other of the form."""
        others = set(self.axes) - {axis}
        return tuple(c for c in self.constraints if not c.names & others and c.names & self._linked(axis))

    def _linked(self, axis: str) -> set[str]:
        """The axis with the existential names that constraints tie to it."""
        others, linked = set(self.axes) - {axis}, {axis}
        for _ in self.constraints:
            for constraint in self.constraints:
                if constraint.names & linked and not constraint.names & others:
                    linked |= constraint.names
        return linked

    def allowed(self, sizes: Mapping[str, int]) -> bool:
        given = {**{name: size for name, size in self.fixed.items() if name not in self.axes}, **sizes}
        return (
            all(sizes[axis] >= self.lows[axis] for axis in self.axes if axis not in self.fixed)
            and all(sizes[axis] == size for axis, size in self.fixed.items() if axis in sizes)
            and satisfiable(self.constraints, given, self.lows)
        )

    def at_or_after(self, axis: str, size: int) -> int | None:
        """The first size of the axis from `size` on that its own constraints allow."""
        if axis in self.fixed:
            return self.fixed[axis] if self.fixed[axis] >= size else None
        if size > self._tops.get(axis, size):
            return None
        if not self._alone[axis]:
            return max(size, self.lows[axis])
        given = {name: fixed for name, fixed in self.fixed.items() if name not in self.axes}
        start = max(size, self.lows[axis])
        for candidate in range(start, start + self._steps(axis)):
            if satisfiable(self._alone[axis], {**given, axis: candidate}, self.lows):
                return candidate
        self._tops[axis] = min(start, self._tops.get(axis, start)) - 1
        return None

    def _steps(self, axis: str) -> int:
        alone = self._alone[axis]
        return _MAX_STEP if all(constraint.is_linear for constraint in alone) else _MAX_SLOW_STEP

    def nth(self, axis: str, index: int) -> int | None:
        """The sizes of one axis in increasing order."""
        known = self._values[axis]
        while len(known) <= index:
            found = self.at_or_after(axis, known[-1] + 1 if known else 0)
            if found is None:
                return None
            known.append(found)
        return known[index]

    def complete(self, free: Mapping[str, int]) -> Assignment | None:
        """Sizes of the free axes -> a whole allowed assignment, in the order of the axes."""
        sizes = dict(free)
        for axis, constraint in self.derived.items():
            try:
                sizes[axis] = value(constraint.body, sizes)
            except ZeroDivisionError:
                return None
        return {axis: sizes[axis] for axis in self.axes} if self.allowed(sizes) else None

    def by_sum(self) -> Iterator[Assignment]:
        """Allowed assignments by increasing sum; ends when none follow or too many had to be skipped."""
        start = tuple(0 for _ in self.free)
        heap = [entry for entry in [self._entry(start)] if entry is not None]
        skipped = 0
        while heap and skipped < _MAX_VISITED:
            _, indices, sizes = heapq.heappop(heap)
            if sizes is not None:
                yield sizes
            else:
                skipped += 1
            for entry in map(self._entry, _successors(indices)):
                if entry is not None:
                    heapq.heappush(heap, entry)

    def _entry(self, indices: tuple[int, ...]) -> tuple[int, tuple[int, ...], Assignment | None] | None:
        free: Assignment = {}
        for axis, index in zip(self.free, indices, strict=True):
            size = self.nth(axis, index)
            if size is None:
                return None
            free[axis] = size
        sizes = self.complete(free)
        return sum((sizes or free).values()), indices, sizes

    def near(self, wanted: Mapping[str, int]) -> Assignment | None:
        """Each free axis at its wanted size, or the next one its constraints allow."""
        free: Assignment = {}
        for axis in self.free:
            size = self.at_or_after(axis, wanted.get(axis, self.lows[axis]))
            if size is None:
                size = self.nth(axis, 0)
            if size is None:
                return None
            free[axis] = size
        return self.complete(free)


def _successors(indices: tuple[int, ...]) -> Iterable[tuple[int, ...]]:
    """Each tuple is reached once: only the last raised position and those after it are raised."""
    last = max((position for position, index in enumerate(indices) if index), default=0)
    for position in range(last, len(indices)):
        yield (*indices[:position], indices[position] + 1, *indices[position + 1 :])
