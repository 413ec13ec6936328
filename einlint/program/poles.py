"""Poles: 1 / 0 is infinite with the sign of that zero, and the sign depends on how the zero was computed.

`-x` and `0 - x` are equal, `1 / -x` and `1 / (0 - x)` are not where x is 0.
"""

from __future__ import annotations

from einlint.program.terms import Along, Contract, Factor, Fold, Linear, Map, Ratio, Read

_POSITIVE = frozenset({"exp", "sigmoid", "softmax"})


def is_settled(power: Map) -> bool:
    """Whether a power has no pole, or the same one however its base is computed."""
    base, exponent = power.arguments
    rising = all(ratio.number >= 0 and not contract.factors for ratio, contract in exponent.parts)
    return rising or _is_operand(base) or _is_positive(base)


def _is_operand(term: Linear) -> bool:
    """Whether the term is an element of an operand times a number above 0."""
    if len(term.parts) != 1:
        return False
    ratio, contract = term.parts[0]
    return (
        _keeps_sign(ratio)
        and len(contract.factors) == 1
        and not contract.axes
        and isinstance(contract.factors[0], Read)
    )


def _is_positive(term: Linear) -> bool:
    """Whether nothing in the sum is negative and something is above 0."""
    return all(_keeps_sign(ratio) and _is_not_negative(contract) for ratio, contract in term.parts) and any(
        all(map(_is_above_zero, contract.factors)) for _, contract in term.parts
    )


def _keeps_sign(ratio: Ratio) -> bool:
    return ratio.number > 0 and all(c > 0 for size in (ratio.numerator, ratio.denominator) for _, c in size.terms)


def _is_not_negative(contract: Contract) -> bool:
    """Whether each factor is not negative, by itself or as one of two that are equal."""
    odd: list[Factor] = []
    for factor in contract.factors:
        if factor in odd:
            odd.remove(factor)
        elif not _is_above_zero(factor) and not (isinstance(factor, Map) and factor.function == "abs"):
            odd.append(factor)
    return not odd


def _is_above_zero(factor: Factor) -> bool:
    if isinstance(factor, Fold):
        return factor.function in ("max", "min", "sum", "prod") and _is_positive(factor.body)
    return isinstance(factor, (Map, Along)) and factor.function in _POSITIVE
