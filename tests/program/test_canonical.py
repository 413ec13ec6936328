"""Terms with one key have equal values, and what only differs in names, order or grouping has one key."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from einlint.dimensions import Dim, Facts, dim, symbol
from einlint.program.alignment import same
from einlint.program.deciding import Decider, use_decider
from einlint.program.terms import (
    Along,
    Axis,
    Contract,
    Factor,
    Fold,
    Guard,
    Linear,
    Map,
    Ratio,
    Read,
    Select,
    Size,
    Unprovable,
    new_axis,
    renamed,
)
from einlint.program.value import Value
from einlint.verification.expressions import parse
from einlint.verification.proof import Tensors, prove
from tests.program.numeric import evaluate

EXAMPLES = min(int(os.environ.get("EINLINT_EXAMPLES", "400")), 20_000)
SIZES = {"n": 3, "m": 2}
LENGTHS = (symbol("n"), symbol("m"), dim(2))


def _term(r: random.Random, axes: list[Axis], depth: int) -> Linear:
    return Linear(tuple((_ratio(r), _contract(r, axes, depth)) for _ in range(r.randint(1, 2))))


def _ratio(r: random.Random) -> Ratio:
    return Ratio(
        Fraction(r.choice((1, 1, 2, -1)), r.choice((1, 1, 3))), r.choice((dim(1), symbol("n"))), dim(1)
    ).reduced


def _contract(r: random.Random, axes: list[Axis], depth: int) -> Contract:
    bound = [new_axis(r.choice(LENGTHS)) for _ in range(r.choice((0, 1, 1, 2)))]
    factors = [_factor(r, [*axes, *bound], depth) for _ in range(r.randint(1, 3))]
    return Contract(tuple(bound), tuple(factors))


def _factor(r: random.Random, axes: list[Axis], depth: int) -> Factor:
    kind = r.randrange(8) if depth else 0
    if kind == 1:
        return Map(r.choice(("maximum", "exp", "abs")), tuple(_term(r, axes, depth - 1) for _ in range(1)) * 2)
    if kind == 2:
        inner = new_axis(r.choice(LENGTHS))
        return Fold(r.choice(("max", "min", "prod")), (inner,), _term(r, [*axes, inner], depth - 1))
    if kind == 3:
        inner = new_axis(r.choice(LENGTHS))
        place = next((a.index for a in axes if a.size == inner.size), dim(0))
        return Along(r.choice(("softmax", "cumsum")), (inner,), _term(r, [*axes, inner], depth - 1), (place,), (), True)
    if kind == 4:
        place = next((a.index for a in axes if a.size == dim(2)), dim(1))
        return Select(place, (_term(r, axes, depth - 1), _term(r, axes, depth - 1)))
    if kind == 5 and len(axes) > 1:
        one, other = r.sample(axes, 2)
        return Guard(one.index - other.index)
    if kind == 6:
        return Size(r.choice((symbol("n"), symbol("m"))))
    return Read(r.choice("xy"), (_index(r, axes, "n"), _index(r, axes, "m")))


def _index(r: random.Random, axes: list[Axis], name: str) -> Dim:
    fitting = [a for a in axes if a.size == symbol(name)]
    if not fitting or r.random() < 0.1:
        return dim(r.randrange(2))
    axis = r.choice(fitting)
    return axis.index if r.random() < 0.8 else axis.size - 1 - axis.index


def _shuffled(r: random.Random, term: Linear) -> Linear:
    """The same term, written in another order and with other names."""
    parts = [(ratio, renamed(_reordered(r, contract))) for ratio, contract in term.parts]
    return Linear(tuple(r.sample(parts, len(parts))))


def _reordered(r: random.Random, contract: Contract) -> Contract:
    factors = tuple(_inside(r, f) for f in r.sample(contract.factors, len(contract.factors)))
    return Contract(tuple(r.sample(contract.axes, len(contract.axes))), factors)


def _inside(r: random.Random, value: Factor) -> Factor:
    if isinstance(value, Map):
        return replace(value, arguments=tuple(_shuffled(r, a) for a in value.arguments))
    if isinstance(value, (Fold, Along)):
        return replace(value, body=_shuffled(r, value.body))
    return replace(value, cases=tuple(_shuffled(r, c) for c in value.cases)) if isinstance(value, Select) else value


def _mutated(r: random.Random, value: Value) -> Value:
    """Another term over the same dimensions: one factor or coefficient is new."""
    parts = list(value.body.parts)
    at = r.randrange(len(parts))
    ratio, contract = parts[at]
    axes = [*value.axes, *contract.axes]
    if r.random() < 0.2:
        parts[at] = (ratio * _ratio(r), contract)
    else:
        k = r.randrange(len(contract.factors))
        factors = (*contract.factors[:k], _factor(r, axes, 1), *contract.factors[k + 1 :])
        parts[at] = (ratio, replace(contract, factors=factors))
    return replace(value, body=Linear(tuple(parts)))


def _value(r: random.Random) -> Value:
    axes = [new_axis(r.choice(LENGTHS)) for _ in range(r.randint(0, 2))]
    return Value(tuple((a,) for a in axes), _term(r, axes, 2))


def _numbers(value: Value, seed: int) -> np.ndarray:
    source = np.random.default_rng(seed)
    inputs = {name: source.integers(-3, 4, (SIZES["n"], SIZES["m"])) / 2 for name in "xy"}
    return np.asarray(evaluate(value, SIZES, inputs))


@pytest.mark.parametrize("part", range(4))
def test_one_key_means_equal_values(part: int) -> None:
    use_decider(Decider(Facts({"n": 2, "m": 2})))
    claimed = told = 0
    for seed in range(part, EXAMPLES, 4):
        r = random.Random(seed)
        one = _value(r)
        other = _mutated(r, one)
        try:
            if not same(one, other):
                continue
        except Unprovable:
            continue
        claimed += 1
        for k in range(3):
            a, b = _numbers(one, k), _numbers(other, k)
            assert np.isclose(a, b, rtol=1e-9, atol=1e-9 * max(1, np.abs(a).max(initial=0)), equal_nan=True).all(), (
                f"seed {seed}"
            )
        told += one.body != other.body
    assert claimed


@pytest.mark.parametrize("part", range(4))
def test_names_and_order_do_not_matter(part: int) -> None:
    use_decider(Decider(Facts({"n": 2, "m": 2})))
    known = 0
    for seed in range(part, EXAMPLES, 4):
        r = random.Random(seed)
        one = _value(r)
        try:
            assert same(one, replace(one, body=_shuffled(r, one.body))), f"seed {seed}"
            known += 1
        except Unprovable:
            continue
    assert known > EXAMPLES // 8


@pytest.mark.parametrize(
    ("one", "other", "proved"),
    [
        ("1 / -x", "1 / (0 - x)", False),
        ("1 / (x - y)", "-1 / (y - x)", False),
        ("(x * y).rsqrt()", "1 / (y * x).sqrt()", False),
        ("x / y", "x * y.reciprocal()", True),
        ("x / (2 * y)", "1 / (y * 2) * x", True),
        ("x / x.exp().sum(0)", "x * (1 / x.exp().sum(0))", True),
        ("x * (x * x + 1).rsqrt()", "x / (1 + x ** 2).sqrt()", True),
    ],
)
def test_the_sign_of_a_zero_decides_what_a_quotient_is(one: str, other: str, proved: bool) -> None:
    left, right = (parse(text, ["x", "y"]) for text in (one, other))
    assert prove(left, right, Tensors("torch", {"x": [symbol("n")], "y": [symbol("n")]})) is proved


@pytest.mark.parametrize(
    ("shape", "one", "other", "proved"),
    [
        # an index starts at 0, so what is below the first diagonal of a merged dimension is not everything
        ("a b 1", "x.flatten(0, 1).tril(-1)", "x.flatten(0, 1)", False),
        ("a b c", "x.flatten(0, 1).tril(-1)", "x.flatten(0, 1) * 0", False),
        ("1 b c", "x.flatten(1, 2).triu(1)", "x.flatten(1, 2)", False),
        ("1 b c", "x[0].T.flatten()[None].triu(1)", "x[0].T.flatten()[None]", False),
        ("b c", "rearrange(x, 'b c -> (b c) 1').tril(-1)", "rearrange(x, 'b c -> (b c) 1')", False),
        ("b c", "rearrange(x, 'b c -> (b c) 1').tril(-1)", "rearrange(x, 'b c -> (b c) 1') * 0", False),
        ("a b 1", "x.flatten(0, 1).tril()", "x.flatten(0, 1)", True),
        ("1 b c", "x.flatten(1, 2).triu()", "x.flatten(1, 2)", True),
        ("1 b c", "x.flatten(1, 2).tril(-1)", "x.flatten(1, 2) * 0", True),
        ("a b 1", "x.flatten(0, 1).triu(1)", "x.flatten(0, 1) * 0", True),
        ("1 b c", "x.flatten(1, 2).tril(x.shape[1] * x.shape[2] - 1)", "x.flatten(1, 2)", True),
        ("1 b c", "x.flatten(1, 2).tril(x.shape[1] * x.shape[2] - 2)", "x.flatten(1, 2)", False),
    ],
)
def test_guards_over_merged_dimensions(shape: str, one: str, other: str, proved: bool) -> None:
    left, right = (parse(text, ["x"]) for text in (one, other))
    sizes = [dim(1) if size == "1" else symbol(size) for size in shape.split()]
    assert prove(left, right, Tensors("torch", {"x": sizes})) is proved
