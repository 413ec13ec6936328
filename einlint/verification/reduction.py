"""A witness -> the witness of least sum, run again."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from einlint.dimensions.steps import TooLarge
from einlint.verification.question import Assignment
from einlint.verification.recipes import ORDERED, RECIPES
from einlint.verification.search import Draw, Search, Witness

_SECONDS = 8.0
_SIZES = 4000
_STEP = 32
_LOWEST = 64
_PROBES: tuple[Draw, ...] = (
    *(("whole", seed) for seed in range(1, 7)), *(("fine", seed) for seed in range(1, 5)),
    *((recipe, seed) for recipe in RECIPES if recipe not in ("whole", "fine") for seed in (1, 2)),
)  # fmt: skip


def smallest(search: Search, witness: Witness) -> Witness:
    """First each axis by itself, then all smaller sums: with the witness's kind of data, then with every kind."""
    deadline = time.monotonic() + _SECONDS
    with contextlib.suppress(TooLarge):
        witness = _lowered(search, witness)
        for draws in (_like(witness), (*_PROBES, *search.compared)):
            for number in range(len(search.plans)):
                witness = _below(search, number, witness, draws, deadline) or witness
    return _readable(search, witness)


def _lowered(search: Search, witness: Witness) -> Witness:
    """Each axis in turn as low as it goes while the sides still differ: the lowest sizes first, then by halves."""
    for axis in search.plans[witness.form].space.free:
        sizes = list(_with_lower(search, witness, axis))
        found = search.first(witness.form, sizes[:_LOWEST], _like(witness)[:-1])
        witness = found or _halved(search, witness, sizes[_LOWEST:])
    return witness


def _like(witness: Witness) -> list[Draw]:
    ordered = [(recipe, 1) for recipe in ORDERED]
    return [(witness.recipe, witness.seed), ("whole", 1), ("fine", 1), *ordered, (witness.recipe, 7)]


def _with_lower(search: Search, witness: Witness, axis: str) -> Iterator[Assignment]:
    space = search.plans[witness.form].space
    kept = {name: witness.sizes[name] for name in space.free}
    for index in range(_SIZES):
        size = space.nth(axis, index)
        if size is None or size >= witness.sizes[axis]:
            return
        sizes = space.complete({**kept, axis: size})
        if sizes is not None:
            yield sizes


def _halved(search: Search, witness: Witness, sizes: Sequence[Assignment]) -> Witness:
    """The lowest of the sizes above a threshold, if there is one threshold."""
    low, high = 0, len(sizes)
    while low < high:
        middle = (low + high) // 2
        found = search.first(witness.form, [sizes[middle]], _like(witness)[:-1])
        if found is None:
            low = middle + 1
        else:
            witness, high = found, middle
    return witness


def _below(search: Search, number: int, witness: Witness, draws: Sequence[Draw], deadline: float) -> Witness | None:
    """The first smaller sum at which the sides differ, as far as time allows."""
    smaller = takewhile(lambda some: sum(some.values()) < witness.sum, search.plans[number].space.by_sum())
    sizes = islice(smaller, _SIZES)
    while batch := list(islice(sizes, _STEP)):
        found = search.first(number, batch, draws)
        if found is not None:
            return found
        if time.monotonic() > deadline:
            return None
    return None


def _readable(search: Search, witness: Witness) -> Witness:
    """The same sizes with data that is easy to read, if it shows the difference too."""
    draws: list[Draw] = [("counting", 1), *(("whole", seed) for seed in range(1, 7))]
    return search.first(witness.form, [witness.sizes], draws) or witness
