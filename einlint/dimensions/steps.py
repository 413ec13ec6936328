"""A budget of steps: what is computed about sizes and terms ends for every input.

Without a budget nothing is counted; with one, the code that could go on for long takes its steps from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class TooLarge(ArithmeticError):
    """A polynomial, or the work, would grow beyond its limit."""


_left: ContextVar[list[int] | None] = ContextVar("steps", default=None)


def step(count: int = 1) -> None:
    """Take steps from the budget, if there is one. Raises TooLarge when it is used up."""
    left = _left.get()
    if left is not None:
        left[0] -= count
        if left[0] < 0:
            raise TooLarge("the computation takes too many steps")


@contextmanager
def at_most(count: int) -> Iterator[None]:
    """A budget for this context; inside another one the outer budget goes on to count."""
    if _left.get() is not None:
        yield
        return
    token = _left.set([count])
    try:
        yield
    finally:
        _left.reset(token)
