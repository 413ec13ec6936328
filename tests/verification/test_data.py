from __future__ import annotations

import math

import pytest

from einlint.verification import recipes

np = pytest.importorskip("numpy")

from einlint.verification import data  # noqa: E402

DTYPES = "float16 bfloat16 float32 float64 complex128 bool int8 uint8 int64".split()


def test_every_recipe_is_drawn() -> None:
    assert (*data.REAL, "edges") == recipes.RECIPES


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("recipe", recipes.RECIPES)
@pytest.mark.parametrize("shape", [(), (0, 3), (4, 5)])
def test_data_has_its_shape_is_finite_and_comes_again(recipe: str, dtype: str, shape: tuple[int, ...]) -> None:
    values, again = (data.draw(recipe, dtype, shape, np.random.default_rng(1)) for _ in range(2))
    assert values.shape == shape
    assert np.isfinite(values).all()
    assert np.array_equal(values, again)
    assert values.flags["C_CONTIGUOUS"] and min(values.strides, default=0) >= 0  # as torch takes it


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
@pytest.mark.parametrize("count", [1, 2, 601, 5000])
def test_ordered_data_has_its_largest_and_smallest_at_the_ends(dtype: str, count: int) -> None:
    rising, falling = (data.draw(recipe, dtype, (count,), np.random.default_rng(1)) for recipe in recipes.ORDERED)
    assert (np.diff(rising) > 0).all()
    assert np.array_equal(falling, rising[::-1])


@pytest.mark.parametrize("recipe", recipes.RECIPES)
def test_a_run_is_given_what_draw_gives_one_after_the_other(recipe: str) -> None:
    """The code of a counterexample draws that way."""
    wanted = [("float64", (3, 5)), ("float64", ()), ("float32", (7,)), ("float64", (0, 2)), ("float64", (11, 3))]
    for several in (wanted, [*wanted, ("int64", (4,))], [("float64", (9, 1000))]):
        rng = np.random.default_rng(4)
        for (dtype, shape), found in zip(several, data.drawn(recipe, several, 4, recipes.EDGES), strict=True):
            assert found.shape == shape
            assert np.array_equal(found, data.draw(recipe, dtype, shape, rng))


def test_what_a_run_is_given_is_its_own() -> None:
    first = next(data.drawn("fine", [("float64", (3,))], 1, ()))
    first[:] = 0
    assert next(data.drawn("fine", [("float64", (3,))], 1, ())).all()


@pytest.mark.parametrize("recipe", recipes.RECIPES)
def test_float64_stays_within_100(recipe: str) -> None:
    values = data.draw(recipe, "float64", (50, 50), np.random.default_rng(2))
    assert (np.abs(values) <= 101).all() if recipe == "counting" else (np.abs(values) <= 100).all()


def test_products_of_fine_data_are_exact() -> None:
    values = data.draw("fine", "float64", (1000,), np.random.default_rng(3))
    whole = [int(value * 2**recipes.FINE_BITS) for value in values]
    assert (
        sum(a * b for a, b in zip(whole, whole[::-1], strict=True))
        == float(values @ values[::-1]) * 4**recipes.FINE_BITS
    )


def test_low_precision_reaches_its_largest_value_and_sums_of_it_overflow() -> None:
    values = data.draw("full", "float16", (2,), np.random.default_rng(4))
    assert 65504 < values.sum() <= 2 * 65504


def test_spread_low_precision_data_has_sums_that_do_not_overflow() -> None:
    values = data.draw("near", "float32", (100,), np.random.default_rng(5))
    assert np.abs(values).sum() < 3.4e38


def test_integers_range_over_the_whole_type() -> None:
    values = data.draw("near", "int8", (100,), np.random.default_rng(6))
    assert {-128, 127} <= set(values.tolist())


@pytest.mark.parametrize(("degree", "draws"), [(1, 2), (2, 2), (8, 2), (9, 3)])
def test_enough_draws_for_the_bound(degree: int, draws: int) -> None:
    assert recipes.draws_needed(degree) == draws
    assert recipes.hidden_chance(degree, draws) < 1e-9
    assert math.isclose(recipes.hidden_chance(2, 1), 2 / 2**18)
