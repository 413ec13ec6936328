"""A small example of where elements go in a reshape, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product as cartesian
from math import prod

from einlint.dimensions import Dim
from einlint.dimensions.alignment import exact

_SMALL = (2, 3, 4, 6)
_MOST_SYMBOLS = 6
_MOST_SHOWN = 3

Places = Sequence[int]


def example_sizes(before: Sequence[Dim], after: Sequence[Dim]) -> dict[str, int] | None:
    """Small numbers, all above 1, different where possible, for which both shapes have equally many elements."""
    names = sorted(set().union(*(size.symbols for size in (*before, *after))))
    if len(names) > _MOST_SYMBOLS:
        return None
    choices = sorted(cartesian(_SMALL, repeat=len(names)), key=lambda c: (len(names) - len(set(c)), sum(c)))
    for chosen in choices:
        sizes = dict(zip(names, chosen, strict=True))
        own, other = lengths(before, sizes), lengths(after, sizes)
        if own is not None and other is not None and prod(own) == prod(other):
            return sizes
    return None


def lengths(shape: Sequence[Dim], sizes: dict[str, int]) -> list[int] | None:
    """The shape in numbers, None where a division is not exact or a length is below 2."""
    found = []
    for size in shape:
        top, bottom = (part.value(sizes) for part in exact(size))
        if not bottom or top % bottom or top // bottom < 2:
            return None
        found.append(top // bottom)
    return found


def held(before: Sequence[int], after: Sequence[int], place: int, index: int) -> list[tuple[int, ...]]:
    """The elements, by their indices in the first shape, that a reshape puts at one index of one dimension."""
    inner = prod(after[place + 1 :])
    every = range(prod(before))
    return [_indices(at, before) for at in every if at // inner % after[place] == index]


def _indices(position: int, shape: Places) -> tuple[int, ...]:
    found = []
    for size in reversed(shape):
        found.append(position % size)
        position //= size
    return tuple(reversed(found))


def described(elements: Sequence[tuple[int, ...]], names: Sequence[str], shape: Places) -> str:
    """Elements in words: `heads 0, n 0 to 1`; axes that are there in full are left out."""
    seen = [sorted(set(column)) for column in zip(*elements, strict=True)]
    if prod(map(len, seen)) == len(elements):
        words = [f"{name} {_range(s)}" for name, s, size in zip(names, seen, shape, strict=True) if len(s) < size]
        return ", ".join(words)
    shown = list(_grouped(elements, names))
    more = ", ..." if len(shown) > _MOST_SHOWN else ""
    return " and ".join(shown[:_MOST_SHOWN]) + more


def _grouped(elements: Iterable[tuple[int, ...]], names: Sequence[str]) -> Iterator[str]:
    """Elements that differ in the last index only, together."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for *first, last in elements:
        groups.setdefault(tuple(first), []).append(last)
    for start, ends in groups.items():
        words = [f"{name} {at}" for name, at in zip(names, start, strict=False)]
        yield f"({', '.join([*words, f'{names[-1]} {_range(ends)}'])})"


def _range(indices: Sequence[int]) -> str:
    if len(indices) == 1:
        return str(indices[0])
    together = list(indices) == list(range(indices[0], indices[-1] + 1))
    return f"{indices[0]} to {indices[-1]}" if together else ", ".join(map(str, indices))
