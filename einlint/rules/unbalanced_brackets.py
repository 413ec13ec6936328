"""EIN003 unbalanced-brackets."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Problems
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN003", "unbalanced-brackets", subject=Problems)
def unbalanced_brackets(problems: Problems) -> Iterator[Report]:
    """The brackets of a pattern do not match, or are nested."""
    yield from problems.of("unbalanced-brackets")
