"""What can go wrong with einlint itself, as the subjects of rules."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """A file that could not be checked: `reason` says what happened to its check."""

    reason: str


@dataclass(frozen=True, slots=True)
class InvalidConfiguration:
    """A configuration that cannot be used, where no command line can say so: `reason` names file and row."""

    reason: str
