from __future__ import annotations

from itertools import islice

import pytest

from einlint.verification.question import Assignment, parse_question
from einlint.verification.sizes import SizeSpace


def space(axes: str, *constraints: str, **sizes: int) -> SizeSpace:
    question = parse_question(
        {"tensors": {"x": axes}, "constraints": list(constraints), "sizes": sizes, "a": "x", "b": "x"}
    )
    return SizeSpace(question, question.forms[0])


def first(count: int, axes: str, *constraints: str, **sizes: int) -> list[Assignment]:
    return list(islice(space(axes, *constraints, **sizes).by_sum(), count))


def values(assignments: list[Assignment]) -> list[tuple[int, ...]]:
    return [tuple(sizes.values()) for sizes in assignments]


def test_sizes_start_at_one_and_come_by_sum() -> None:
    assert values(first(6, "a b")) == [(1, 1), (1, 2), (2, 1), (1, 3), (2, 2), (3, 1)]


def test_every_assignment_comes_once() -> None:
    found = values(first(200, "a b c d"))
    assert len(set(found)) == 200
    assert [sum(sizes) for sizes in found] == sorted(sum(sizes) for sizes in found)


def test_an_axis_without_a_name_is_not_named() -> None:
    assert first(2, "1 n 3") == [{"n": 1}, {"n": 2}]


def test_a_scalar_has_one_assignment() -> None:
    assert first(3, "") == [{}]


@pytest.mark.parametrize(
    ("axes", "constraints", "expected"),
    [
        ("H", ["H = 2*h"], [2, 4, 6]),
        ("H", ["H = 2*h + 1"], [3, 5, 7]),
        ("n", ["n >= 0"], [0, 1, 2]),
        ("n", ["n >= 3"], [3, 4, 5]),
        ("n", ["n >= 2", "n <= 3"], [2, 3]),
        ("N", ["N = 2*n", "n >= 0"], [0, 2, 4]),
        ("N", ["N = p*q", "p >= 2", "q >= 2"], [4, 6, 8]),
        ("N", ["N = k*k"], [1, 4, 9]),
        ("n", ["m = n // 2", "m >= 2"], [4, 5, 6]),
        ("n", ["n = 5"], [5]),
        ("n", ["n = n"], [1, 2, 3]),
        ("n", ["n = m // 0"], []),
    ],
)
def test_constraints_on_one_axis(axes: str, constraints: list[str], expected: list[int]) -> None:
    assert [sizes[axes] for sizes in first(3, axes, *constraints)] == expected


def test_axes_tied_to_each_other() -> None:
    assert values(first(3, "h w N", "N = h*w")) == [(1, 1, 1), (1, 2, 2), (2, 1, 2)]
    assert values(first(4, "n m", "m <= n")) == [(1, 1), (2, 1), (2, 2), (3, 1)]
    assert values(first(3, "H W", "H = 2*h", "W = 3*h")) == [(2, 3), (4, 6), (6, 9)]


def test_fixed_sizes() -> None:
    assert values(first(2, "b d", d=8)) == [(1, 8), (2, 8)]
    assert values(first(2, "H", "H = p*h", p=3)) == [(3,), (6,)]


def test_a_contradiction_ends() -> None:
    assert first(1, "n", "n >= 5", "n <= 4") == []
    assert first(1, "n", "n >= 5", n=3) == []


def test_near_takes_the_next_allowed_size() -> None:
    assert space("H b", "H = 4*h").near({"H": 9}) == {"H": 12, "b": 1}
    assert space("n", "n <= 64").near({"n": 100}) == {"n": 1}
