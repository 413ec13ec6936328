"""What people write about shapes, as values. A claim is not a fact: inference compares the two."""

from __future__ import annotations

from typing import Literal

from einlint.dimensions import Dim
from einlint.lazily import dataclass

Origin = Literal["annotation", "comment", "docstring"]


@dataclass(frozen=True, slots=True)
class ClaimedAxis:
    """One axis as written.

    `name` is empty for an anonymous axis, starts with `?` for one that each leaf of a tree has for itself.
    `size` is an integer or a polynomial whose symbols are names of axes, or `{expression}` for a value that is not
    the length of an axis; None when there is only a name or nothing that can be written as a polynomial.
    Where both are given the name is a label and only the size is claimed.
    `variadic` stands for any number of axes, `broadcasts` for one that may have length 1.
    `start` and `end` are the place in the text that was read.
    """

    name: str
    size: Dim | None = None
    variadic: bool = False
    broadcasts: bool = False
    text: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """One tensor as written: its axes in order, and dtype and framework as far as they are named."""

    axes: tuple[ClaimedAxis, ...]
    text: str
    dtype: str | None = None
    framework: str | None = None
    source: Origin = "annotation"


@dataclass(frozen=True, slots=True)
class TupleClaim:
    """So many elements, each with what is said of it."""

    elements: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class ListClaim:
    """Any number of elements, all as said: a list, `tuple[X, ...]`, anything to iterate over."""

    element: Reading


@dataclass(frozen=True, slots=True)
class DictClaim:
    """A mapping to values as said."""

    value: Reading


@dataclass(frozen=True, slots=True)
class TreeClaim:
    """A tree of containers (jaxtyping's PyTree), all leaves as said; a lone leaf is a tree."""

    leaf: Reading


@dataclass(frozen=True, slots=True)
class UnionClaim:
    """One of the arms; an arm None is any tensor. `optional`: or something that is no tensor.

    `number`: that may be something else than None.
    """

    arms: tuple[Reading, ...]
    optional: bool = False
    number: bool = False


Reading = Claim | TupleClaim | ListClaim | DictClaim | TreeClaim | UnionClaim | None
