"""The kinds of operand data, and how likely random data hides a difference. `data.py` draws them, in the worker."""

from __future__ import annotations

# Multiples of 2**-FINE_BITS within +-FINE_RANGE: products of two are exact in float64, yet they take 2**18 values.
FINE_BITS, FINE_RANGE = 15, 4
FINE_VALUES = 2 * FINE_RANGE * 2**FINE_BITS

# Numbers at which common functions change their course: roots, halves for rounding, ends of hard activations.
EDGES = (0.0, 0.5, 1.0, 1.5, 2.5, 3.0, 6.0, 20.0)

RECIPES = (
    "whole", "fine", "full", "near", "ties", "constant", "zeros", "nothing", "positive", "negative", "unit", "tiny",
    "counting", "rising", "falling", "edges",
)  # fmt: skip

# The largest number stands last, or first, and so does the smallest: what cuts a long dimension shows in a maximum.
ORDERED = ("rising", "falling")

# Data that meets the numbers with which the expressions compare values; only for those that do (`constants.py`).
COMPARED = "compared"


def hidden_chance(degree: int, draws: int) -> float:
    """Schwartz-Zippel: how likely all draws hide a difference of two polynomials of at most this degree."""
    return float(min(1.0, degree / FINE_VALUES) ** draws)


def draws_needed(degree: int, most: int = 4) -> int:
    """The least number of draws that brings the chance below 1e-9."""
    return next((draws for draws in range(1, most) if hidden_chance(degree, draws) < 1e-9), most)
