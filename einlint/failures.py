"""What can go wrong with einlint itself, as the subjects of rules."""

from __future__ import annotations

from typing import NamedTuple


class CheckFailure(NamedTuple):
    """A file that could not be checked: `reason` says what happened to its check."""

    reason: str


class Unavailable(Exception):
    """What is needed to verify fixes is not installed; the message says how to install it."""


class InvalidConfiguration(NamedTuple):
    """A configuration that cannot be used, where no command line can say so: `reason` names file and row."""

    reason: str
