"""What can go wrong with einlint itself: the subjects of rules, and the findings that say so where no rule runs."""

from __future__ import annotations

from typing import NamedTuple

from einlint.findings import Finding, Position, Span


class Kind(NamedTuple):
    """Code and name of a rule that reports that a file was not checked."""

    code: str
    name: str


UNREADABLE = Kind("EIN903", "unreadable-file")
CHECK_FAILED = Kind("EIN904", "check-failed")
BAD_CONFIGURATION = Kind("EIN905", "invalid-configuration")


class CheckFailure(NamedTuple):
    """A file that could not be checked: `reason` says what happened to its check."""

    reason: str


class InvalidConfiguration(NamedTuple):
    """A configuration that cannot be used, where no command line can say so: `reason` names file and row."""

    reason: str


class Unavailable(Exception):
    """What is asked for is not installed or not there; the message says how to get it."""


def finding_of(kind: Kind, reason: str) -> Finding:
    """The finding about a whole file; it stands at its start."""
    start = Position(1, 1)
    return Finding(kind.code, kind.name, reason, Span(start, start))
