"""EIN905 invalid-configuration."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.failures import BAD_CONFIGURATION, InvalidConfiguration
from einlint.findings import Position, Report, Span
from einlint.registry import rule


@rule(*BAD_CONFIGURATION, subject=InvalidConfiguration)
def invalid_configuration(failure: InvalidConfiguration) -> Iterator[Report]:
    """The configuration cannot be used (reported as a finding under flake8 only)."""
    yield Report(Span(Position(1, 1), Position(1, 1)), failure.reason)
