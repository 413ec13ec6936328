"""What is taken for granted of sizes where only dimensions are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from einlint.dimensions import ZERO, Dim
from einlint.program.deciding import decider
from einlint.program.terms import Unprovable


def natural(sizes: Iterable[Dim], least: Dim = ZERO) -> bool:
    """Whether lengths are long enough. Code that is read for its dimensions is taken to give such lengths."""
    by_shape = decider().by_shape
    return all((by_shape and size.constant is None) or decider().at_least(size, least) for size in sizes)


def sure(condition: Callable[[], bool], reason: str) -> None:
    """Refuse to describe values unless the condition holds; dimensions do not depend on it."""
    if not decider().by_shape and not condition():
        raise Unprovable(reason)
