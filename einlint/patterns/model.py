"""A pattern as a value: sides of groups of axes, each with its place in the text.

Offsets count characters of the pattern text. Text that a library rejects is still a `Pattern`,
with its problems; nothing here raises.
"""

from __future__ import annotations

from typing import NamedTuple

from einlint.lazily import cached, dataclass

ELLIPSIS = "..."
UNICODE_ELLIPSIS = "…"


class Axis(NamedTuple):
    """One elementary index: an identifier, a number, `...` or `*`."""

    name: str
    start: int
    end: int

    @property
    def is_ellipsis(self) -> bool:
        return self.name == ELLIPSIS

    @property
    def is_number(self) -> bool:
        """Whether the axis is anonymous; its name is then its length."""
        return self.name.isdecimal()

    @property
    def identifier(self) -> str:
        """What einops compares an axis by: both spellings of the ellipsis are one identifier."""
        return UNICODE_ELLIPSIS if self.name == ELLIPSIS else self.name


class Label(Axis):
    """One axis of an einsum equation: a character, an integer of a sublist, or `...`."""

    @property
    def is_number(self) -> bool:
        """Never: a digit names an axis in an equation (`'bsd,3dkh->bs3kh'` in jax)."""
        return False


class Group(NamedTuple):
    """The axes that one dimension is made of, most significant first; no axes means length 1."""

    axes: tuple[Axis, ...]
    start: int
    end: int
    bracketed: bool = False

    @property
    def is_spread(self) -> bool:
        """Whether it is a bare ellipsis, which stands for any number of dimensions."""
        return not self.bracketed and len(self.axes) == 1 and self.axes[0].is_ellipsis

    @property
    def text(self) -> str:
        """How it is written: `h`, `(h d)`, `()`."""
        names = " ".join([axis.name for axis in self.axes])
        return f"({names})" if self.bracketed or not self.axes else names


@dataclass(frozen=True)
class Expression:
    """The dimensions of one tensor, in order."""

    groups: tuple[Group, ...]
    start: int
    end: int

    @cached
    def axes(self) -> tuple[Axis, ...]:
        """Every axis in order, groups flattened."""
        return tuple([axis for group in self.groups for axis in group.axes])

    @cached
    def text(self) -> str:
        """How the dimensions are written, in one form: `b (h d)`."""
        return " ".join([group.text for group in self.groups])

    @cached
    def names(self) -> tuple[str, ...]:
        """The names of the dimensions, empty for one that has none of its own."""
        single = (group.axes[0].name if len(group.axes) == 1 else "" for group in self.groups)
        return tuple([name if name.isidentifier() else "" for name in single])

    @cached
    def identifiers(self) -> frozenset[str]:
        """What einops compares two sides by: names and the ellipsis, not numbers."""
        return frozenset([axis.identifier for axis in self.axes if not axis.is_number])

    @cached
    def numbers(self) -> tuple[Axis, ...]:
        """The anonymous axes."""
        return tuple(axis for axis in self.axes if axis.is_number)

    @cached
    def ellipsis(self) -> Axis | None:
        return next((a for a in self.axes if a.is_ellipsis), None)


class Problem(NamedTuple):
    """Why a library rejects the text: the name of the rule that reports it, where, and the sentence."""

    rule: str
    start: int
    end: int
    message: str


class Pattern(NamedTuple):
    """A parsed pattern. `output` is None where the notation has none (pack, parse_shape, weight shapes).

    `implicit` marks an einsum output that is not written; its axes then carry the span of
    their first use.
    """

    text: str
    inputs: tuple[Expression, ...]
    output: Expression | None
    problems: tuple[Problem, ...] = ()
    implicit: bool = False

    @property
    def valid(self) -> bool:
        return not self.problems
