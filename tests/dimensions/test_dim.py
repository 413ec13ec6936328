"""Symbolic lengths agree with integers, for random polynomials and sizes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from einlint.dimensions import INDEX, ONE, ZERO, Dim, Facts, dim, symbol

NAMES = ("a", "b", "c")
SIZES = st.fixed_dictionaries({name: st.integers(0, 9) for name in NAMES})


def _nested(inner: st.SearchStrategy[Dim]) -> st.SearchStrategy[Dim]:
    positive = st.one_of(st.integers(1, 6).map(dim), st.sampled_from(NAMES).map(lambda n: symbol(n) + 1))
    return st.one_of(
        st.tuples(inner, inner).map(lambda p: p[0] + p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] - p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] * p[1]),
        st.tuples(inner, positive).map(lambda p: p[0] // p[1]),
        st.tuples(inner, positive).map(lambda p: p[0] % p[1]),
    )


DIMS = st.recursive(st.one_of(st.integers(-6, 6).map(dim), st.sampled_from(NAMES).map(symbol)), _nested, max_leaves=6)


@given(DIMS, DIMS, SIZES)
def test_operators_agree_with_integers(one: Dim, other: Dim, sizes: dict[str, int]) -> None:
    a, b = one.value(sizes), other.value(sizes)
    assert (one + other).value(sizes) == a + b
    assert (one - other).value(sizes) == a - b
    assert (one * other).value(sizes) == a * b
    assert (-one).value(sizes) == -a
    assert (one**2).value(sizes) == a * a
    if b > 0:
        assert (one // other).value(sizes) == a // b
        assert (one % other).value(sizes) == a % b


@given(DIMS, DIMS, DIMS)
def test_equal_polynomials_are_one_value(one: Dim, other: Dim, third: Dim) -> None:
    assert one + other == other + one
    assert one * other == other * one
    assert (one + other) + third == one + (other + third)
    assert (one * other) * third == one * (other * third)
    assert one * (other + third) == one * other + one * third
    assert one - one == ZERO
    assert one + 0 == one == one * 1
    assert hash(one + other) == hash(other + one)
    assert ((one + other).key == (other + one).key) and ((one == other) is (one.key == other.key))


@given(DIMS, DIMS, SIZES)
def test_an_exact_quotient_multiplies_back(one: Dim, other: Dim, sizes: dict[str, int]) -> None:
    quotient = one.exact(other)
    if quotient is not None:
        assert quotient * other == one
        assert quotient.value(sizes) * other.value(sizes) == one.value(sizes)
    assert (one * other).exact(other) == (None if not other.terms else one)


@given(DIMS, DIMS, st.sampled_from(NAMES), SIZES)
def test_substitution_is_evaluation_in_two_steps(one: Dim, value: Dim, name: str, sizes: dict[str, int]) -> None:
    inner = value.value(sizes)
    if inner < 0:
        return  # sizes are never negative
    assert one.subs({name: value}).value(sizes) == one.value({**sizes, name: inner})
    assert one.subs({name: symbol(name)}) == one


@given(DIMS, SIZES, st.fixed_dictionaries({name: st.integers(0, 4) for name in NAMES}))
def test_the_minimum_is_a_lower_bound(one: Dim, sizes: dict[str, int], least: dict[str, int]) -> None:
    facts = Facts(least)
    bound = facts.minimum(one)
    above = {name: size + least[name] for name, size in sizes.items()}
    if bound is not None:
        assert one.value(above) >= bound
        assert facts.at_least(one, bound) and not facts.at_least(one, bound + 1)
    assert not facts.at_least(one, one.value(above) + 1)


@given(DIMS)
def test_constants_and_symbols(one: Dim) -> None:
    assert (one.constant is None) is (bool(one.terms) and not one.terms <= {((), one.table.get((), 0))})
    if not one.symbols:
        assert one.value({}) == (one.constant if one.constant is not None else one.value({}))
    assert ONE.constant == 1 and ZERO.constant == 0


def test_an_index_is_at_least_0_and_a_length_at_least_1() -> None:
    facts = Facts()
    assert facts.minimum(symbol(f"{INDEX}1") + symbol("n")) == 1
    assert facts.minimum(symbol(f"{INDEX}1") * symbol("n") + symbol(f"{INDEX}2") - 1) == -1
    assert not facts.at_least(symbol(f"{INDEX}1"), 1)
