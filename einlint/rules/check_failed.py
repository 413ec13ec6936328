"""EIN904 check-failed."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.failures import CHECK_FAILED, CheckFailure
from einlint.findings import Position, Report, Span
from einlint.registry import rule


@rule(*CHECK_FAILED, subject=CheckFailure)
def check_failed(failure: CheckFailure) -> Iterator[Report]:
    """The check of a file crashed, was killed or took too long."""
    yield Report(Span(Position(1, 1), Position(1, 1)), failure.reason)
