"""EIN602 identity-rearrange."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Reading
from einlint.findings import Intent, Report, Safety
from einlint.registry import rule
from einlint.rewrites.plain import is_identity


@rule("EIN602", "identity-rearrange", subject=Reading, default=False)
def identity_rearrange(reading: Reading) -> Iterator[Report]:
    """A rearrange leaves every axis where it is."""
    if is_identity(reading):
        message = f"`rearrange` with the pattern `{reading.pattern.text}` changes nothing"
        yield Report(reading.call.span, message, intent=Intent("identity-rearrange", reading.call.whole, Safety.UNSAFE))
