"""Expressions that differ only where a value meets a written number are told apart, at the smallest size."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from einlint.verification.constants import compared, seeds_needed, values_near
from einlint.verification.expressions import parse
from einlint.verification.plan import SizePlan
from einlint.verification.question import parse_question
from einlint.verification.verdict import decide
from einlint.verification.workers import WorkerProcess


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("torch.where(x == 0.5, 7.0, x)", {0.5, 7.0}),
        ("x.reshape(2, -1) * 0.3", set()),
        ("(x[:, 5] - 255).sign()", {255}),
        ("rearrange(x, 'a (b 4) -> a b 4') > -2", {-2, 2}),
        ("x.flatten() % 7", {7}),
        ("x.sum(1)", set()),
        ("x.eq(200)", {200}),
        ("x > 1e308 * 10", {1e308, 10}),
    ],
)
def test_numbers_that_values_are_compared_with(text: str, numbers: set[float]) -> None:
    assert set(compared([parse(text, ["x"])])) == numbers


@pytest.mark.parametrize(
    ("dtype", "constants", "values"),
    [
        ("float64", [0.3, 500], {0.3, -0.3}),
        ("float32", [500], {500, -500}),
        ("float16", [1e5], set()),
        ("uint8", [200, 255], {199, 200, 201, 254, 255}),
        ("int8", [127], {126, 127, -126, -127, -128}),
        ("int64", [2**62], {s * 2**62 + d for s in (1, -1) for d in (-1, 0, 1)}),
        ("int16", [0.5], {-1, 0, 1}),
    ],
)
def test_values_that_an_operand_takes(dtype: str, constants: Sequence[float], values: set[float]) -> None:
    assert set(values_near(constants, dtype)) == values


@pytest.mark.parametrize("shapes", [[()], [(2,), ()], [(3, 4), (1,), (2, 2)], [(0,), (1,)]])
@pytest.mark.parametrize("dtypes", [("float64",), ("int64", "float32"), ("uint8", "bool", "float64")])
def test_every_operand_meets_every_constant(shapes: list[tuple[int, ...]], dtypes: tuple[str, ...]) -> None:
    pytest.importorskip("numpy")
    from einlint.verification.data import drawn
    from einlint.verification.recipes import COMPARED

    constants = (0.3, 7, 40, 41.5)
    wanted = [(dtypes[k % len(dtypes)], shape) for k, shape in enumerate(shapes)]
    counts = [math.prod(shape) for shape in shapes]
    seeds = seeds_needed(constants, list(zip((dtype for dtype, _ in wanted), counts, strict=True)))
    runs = [list(drawn(COMPARED, wanted, seed, constants)) for seed in range(seeds)]
    for place, (dtype, shape) in enumerate(wanted):
        met: set[float] = {value for run in runs for value in run[place].ravel().tolist()}
        assert all(run[place].shape == shape for run in runs)
        if dtype != "bool" and counts[place]:
            assert met >= set(values_near(constants, dtype))


@pytest.mark.parametrize(
    ("dtype", "one", "other"),
    [
        ("float64", "x > 0.3", "x >= 0.3"),
        ("float64", "torch.where(x == 0.5, 7.0, x)", "x.clone()"),
        ("float64", "torch.where(x == 0.7, 7.0, x)", "x.clone()"),
        ("float64", "x + 0.3 > 0", "x + 0.3 >= 0"),
        ("int64", "x < 500", "x <= 500"),
        ("int64", "x == 123456789", "x == 123456788"),
        ("int32", "torch.where(x == 255, 0, x)", "x.clone()"),
        ("uint8", "x < 200", "x <= 200"),
        ("float32", "x > 1000", "x >= 1000"),
    ],
)
def test_a_difference_at_a_constant_is_found(worker: WorkerProcess, dtype: str, one: str, other: str) -> None:
    pytest.importorskip("torch")
    question = parse_question({"tensors": {"x": "b n"}, "dtypes": {"x": dtype}, "a": one, "b": other})
    verdict = decide(question, worker)
    assert verdict.verdict == "different"
    assert verdict.witness is not None and verdict.witness.sizes == {"b": 1, "n": 1}


def test_operands_beside_the_compared_one_keep_other_data(worker: WorkerProcess) -> None:
    pytest.importorskip("torch")
    tensors = {"x": "n", "y": "n", "z": "n"}
    fields = {"tensors": tensors, "a": "torch.where(x == 0.7, y, z)", "b": "z.clone()"}
    verdict = decide(parse_question(fields), worker)
    assert verdict.witness is not None and verdict.witness.sizes == {"n": 1}


@pytest.mark.parametrize(
    ("text", "bounds"),
    [("x == 123456789", []), ("x[0] < 500", []), ("x if x.shape[0] < 500 else -x", [500]), ("x.sum() > 500", [500])],
)
def test_a_number_that_operands_are_compared_with_is_no_size(text: str, bounds: list[int]) -> None:
    question = parse_question({"tensors": {"x": "n"}, "a": text, "b": text})
    assert SizePlan(question, question.forms[0]).bounds == bounds


def test_a_large_number_beside_an_operand_leaves_nothing_open(worker: WorkerProcess) -> None:
    pytest.importorskip("torch")
    fields = {"tensors": {"x": "n"}, "dtypes": {"x": "int64"}, "a": "x == 123456789", "b": "123456789 == x"}
    assert decide(parse_question(fields), worker).verdict in ("proved", "tested")
