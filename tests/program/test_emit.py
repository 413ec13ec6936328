"""Programs written back as patterns and equations."""

from __future__ import annotations

import pytest

from einlint.dimensions import symbol
from einlint.operations.contractions import contract
from einlint.operations.notation import apply
from einlint.program.emit import as_arrow, as_equation
from einlint.program.value import Value, operand

B, N, H, D = (symbol(name) for name in "bnhd")
NAMES = {B: "b", N: "n", H: "h", D: "d"}


def chain(*patterns: str) -> Value:
    value = operand("x", [B, N, H * D])
    for pattern in patterns:
        value = apply(value, pattern, "rearrange", {"h": H} if "h" in pattern.partition("->")[0] else {})
    return value


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        pytest.param(["b n c -> b n c"], "b n a -> b n a", id="an identity stays one"),
        pytest.param(["b n (h d) -> b h n d"], "b n (h d) -> b h n d", id="one pattern is itself"),
        pytest.param(["b n (h d) -> b h n d", "b h n d -> b n (h d)"], "b n a -> b n a", id="split and merged back"),
        pytest.param(["b n (h d) -> b h n d", "b h n d -> (b h) n d"], "b n (h d) -> (b h) n d", id="two composed"),
        pytest.param(["b n c -> n 1 b c", "n 1 b c -> b c n 1"], "b n a -> b a n 1", id="axes of length 1"),
    ],
)
def test_as_arrow(patterns: list[str], expected: str) -> None:
    arrow = as_arrow(chain(*patterns), NAMES)
    assert arrow is not None
    assert arrow.pattern == expected


def test_a_sum_of_products_is_an_equation() -> None:
    q, k = operand("q", [B, N, D]), operand("k", [B, H, D])
    assert as_equation(contract([q, k], ["bid", "bjd"], "bij")) == ("abd,acd->abc", ("q", "k"))


def test_a_merged_output_is_no_equation() -> None:
    assert as_equation(chain("b n c -> (b n) c")) is None
