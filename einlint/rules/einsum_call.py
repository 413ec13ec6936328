"""EIN612 einsum-call."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.callables import Kind
from einlint.calls import Reading
from einlint.findings import Intent, Report
from einlint.registry import rule


@rule("EIN612", "einsum-call", subject=Reading, default=False)
def einsum_call(reading: Reading) -> Iterator[Report]:
    """An einsum can be written as matrix products, products and sums."""
    call = reading.call
    if call.callee.kind in (Kind.EINSUM, Kind.EQUATION):
        message = f"`{call.callee.name}` of `{reading.pattern.text}` can be written without einsum"
        yield Report(call.span, message, intent=Intent("einsum-call", call.whole))
