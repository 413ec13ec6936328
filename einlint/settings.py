"""What decides the findings of a file, and what they are. Light: what is known from earlier runs needs no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from einlint.findings import Finding
from einlint.lazily import dataclass
from einlint.marks import Marks
from einlint.registry import marks_of


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the findings of a file: part of the cache key.

    `aliases` maps further dotted names to names einlint knows, as `("mylib.fold", "einops.rearrange")`.
    `noqa` says whether `# noqa` comments are ours to apply (flake8 applies them itself).
    """

    enabled: frozenset[str]
    aliases: tuple[tuple[str, str], ...] = ()
    targets: tuple[str, ...] = ()
    noqa: bool = True

    @property
    def marks(self) -> Marks:
        """What a file must hold to be parsed."""
        return marks_of(self.aliases, self.enabled, self.targets)


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings of one file, sorted by position, and notes on what could not be looked at.

    `dependencies` are the other files that were read for it (re-exports), by absolute path with the
    hash of their content, None where no such file existed: a cached result holds while these hold.
    """

    findings: tuple[Finding, ...]
    dependencies: Mapping[str, str | None] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
