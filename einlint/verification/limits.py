"""Limits on Python's own values, which could fill the memory in one step. They hold in every domain."""

from __future__ import annotations

from collections.abc import Sequence

from einlint.verification.expressions import MAX_EXPONENT, Refused

MAX_LENGTH = 8192
MAX_BITS = 4096


class OverLimit(Refused):
    """The value would be larger than verification computes with."""


def check_length(items: int) -> None:
    if items > MAX_LENGTH:
        raise OverLimit(f"a sequence of {items} items is too long")


def check_range(bounds: Sequence[object]) -> None:
    """Before `range(...)` becomes a list."""
    whole = [bound for bound in bounds if isinstance(bound, int)]
    if len(whole) == len(bounds) and 1 <= len(whole) <= 3 and whole[2:] != [0]:
        check_length(len(range(*whole)))


def check_growth(operator: str, left: object, right: object) -> None:
    """Before an operator on Python numbers and sequences is applied."""
    if isinstance(left, str) or isinstance(right, str):
        raise Refused("operators on strings are not allowed")
    if operator in ("**", "<<") and isinstance(left, int) and isinstance(right, int) and abs(right) >= MAX_EXPONENT:
        raise OverLimit(f"an exponent of {right} is too large")
    if isinstance(left, int) and isinstance(right, int) and _bits(operator, left, right) > MAX_BITS:
        raise OverLimit(f"an integer of more than {MAX_BITS} bits is too large")
    if operator == "*":
        for sequence, count in ((left, right), (right, left)):
            if isinstance(sequence, tuple | list) and isinstance(count, int):
                check_length(len(sequence) * count)


def _bits(operator: str, left: int, right: int) -> int:
    """About how many bits the result has, where an operator can make a number much longer."""
    bits = left.bit_length()
    return {"**": bits * abs(right), "<<": bits + abs(right), "*": bits + right.bit_length()}.get(operator, 0)
