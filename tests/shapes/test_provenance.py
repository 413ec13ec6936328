"""The lineage of axes against execution: from where each element of a result comes, by its axes alone."""

from __future__ import annotations

import itertools
import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import torch
from einops import rearrange, repeat

from einlint.dimensions import dim
from einlint.operations.domain import SymbolicDomain
from einlint.program.deciding import use_decider
from einlint.program.terms import Axis
from einlint.program.value import Dimension, Value, length_of
from einlint.shapes.assuming import Assuming
from einlint.shapes.memory import tensor
from einlint.shapes.objects import Origin

EXAMPLES = int(os.environ.get("EINLINT_EXAMPLES", "300"))
DOMAIN = SymbolicDomain("torch", {})


def number(size: Any) -> int:
    assert size.constant is not None
    return int(size.constant)


def digits(dimension: Dimension, index: int) -> Iterator[tuple[Axis, int]]:
    """The index of each axis of a dimension."""
    for axis in reversed(dimension):
        yield axis, index % number(axis.size)
        index //= number(axis.size)


def parents(axis: Axis, index: int) -> Iterator[tuple[Axis, int]]:
    """What an index along an axis adds to the indices of the axes that it was made from."""
    lineage = axis.lineage
    assert lineage is not None
    if lineage.kind == "part":
        yield lineage.axes[0], index * number(lineage.step)
    elif lineage.kind in ("piece", "whole"):
        yield from digits(lineage.axes, number(lineage.start) + index * number(lineage.step))


def element(value: Value, indices: tuple[int, ...], strides: Mapping[str, int]) -> int:
    """The position in the first tensor of one element of a result, from where the first element stands.

    Raises KeyError where the lineage was lost.
    """
    sums = Counter({axis: k for d, i in zip(value.dims, indices, strict=True) for axis, k in digits(d, i)})
    found = 0
    while sums:
        axis = max(sums, key=lambda axis: int(axis.name[1:]))  # an axis is made after those it is made from
        index = sums.pop(axis)
        if axis.lineage is None:
            found += strides[axis.name] * index
        else:
            for each, more in parents(axis, index):
                sums[each] += more
    return found


def divisors(size: int) -> list[int]:
    return [d for d in range(1, size + 1) if size % d == 0]


def step(value: Value, real: torch.Tensor, chance: random.Random) -> tuple[Value, torch.Tensor]:
    """One random movement of elements, by the table and for real."""
    rank = real.ndim
    at = chance.randrange(rank)
    kind = chance.choice(["permute", "split", "merge", "slice", "repeat", "unsqueeze", "expand", "chunk"])
    if kind == "permute":
        order = chance.sample(range(rank), rank)
        return DOMAIN.method(value, "permute", order, {}), real.permute(order)
    if kind == "split" and rank < 6:
        factor = chance.choice(divisors(real.shape[at]))
        names = [f"a{k}" for k in range(rank)]
        left = " ".join(f"({n} z)" if k == at else n for k, n in enumerate(names))
        pattern = f"{left} -> {' '.join(chance.sample([*names, 'z'], rank + 1))}"
        lengths = {names[at]: factor}
        return DOMAIN.call("einops.rearrange", [value, pattern], lengths), rearrange(real, pattern, **lengths)
    if kind == "merge" and rank > 1:
        names = [f"a{k}" for k in range(rank)]
        first, second = chance.sample(names, 2)
        rest = [n for n in names if n not in (first, second)]
        pattern = f"{' '.join(names)} -> {' '.join([*rest, f'({first} {second})'])}"
        return DOMAIN.call("einops.rearrange", [value, pattern], {}), rearrange(real, pattern)
    if kind == "slice" and real.shape[at] > 1:
        start = chance.randrange(real.shape[at] - 1)
        index = (slice(None),) * at + (slice(start, None, chance.choice([None, 2])),)
        return DOMAIN.subscript(value, index), real[index]
    if kind == "repeat" and rank < 5 and real.numel() < 200:
        written = " ".join(f"a{k}" for k in range(rank))
        pattern = f"{written} -> {written} z" if chance.random() < 0.5 else f"{written} -> z {written}"
        return DOMAIN.call("einops.repeat", [value, pattern], {"z": 2}), repeat(real, pattern, z=2)
    if kind == "unsqueeze" and rank < 5:
        return DOMAIN.method(value, "unsqueeze", [at], {}), real.unsqueeze(at)
    if kind == "expand" and 1 in real.shape and real.numel() < 200:
        sizes = [3 if size == 1 else -1 for size in real.shape]
        return DOMAIN.method(value, "expand", sizes, {}), real.expand(sizes)
    if kind == "chunk" and real.shape[at] % 2 == 0:
        half = chance.randrange(2)
        return DOMAIN.method(value, "chunk", [2, at], {})[half], real.chunk(2, at)[half]
    return value, real


@pytest.mark.parametrize("seed", range(EXAMPLES // 30))
def test_the_axes_of_a_result_say_where_its_elements_come_from(seed: int) -> None:
    chance, lost = random.Random(seed), 0
    for _ in range(30):
        shape = [chance.choice([2, 3, 4, 6]) for _ in range(chance.randint(1, 3))]
        real = torch.arange(torch.Size(shape).numel()).reshape(shape)
        use_decider(Assuming({}))
        value: Value = tensor([dim(size) for size in shape], Origin(0, ""))
        strides = {a.name: s for (a,), s in zip(value.dims, real.stride(), strict=True)}
        for _ in range(chance.randint(1, 6)):
            value, real = step(value, real, chance)
        use_decider(None)
        assert [number(length_of(d)) for d in value.dims] == list(real.shape)
        try:
            found = [element(value, indices, strides) for indices in itertools.product(*map(range, real.shape))]
        except KeyError:
            lost += 1
        else:
            flat = real.flatten().tolist()
            assert [each - found[0] for each in found] == [each - flat[0] for each in flat]
    assert lost <= 6, "the lineage is lost only where a split does not fit the axes"
