"""EIN611 einops-call."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.callables import Kind
from einlint.calls import Reading
from einlint.findings import Intent, Report
from einlint.registry import rule

_KINDS = (Kind.REARRANGE, Kind.REDUCE, Kind.REPEAT)


@rule("EIN611", "einops-call", subject=Reading, default=False)
def einops_call(reading: Reading) -> Iterator[Report]:
    """A rearrange, reduce or repeat can be written in plain torch or numpy."""
    call = reading.call
    if call.callee.kind in _KINDS and not call.callee.layer:
        message = f"`{call.callee.name}` with `{reading.pattern.text}` depends on einops"
        yield Report(call.span, message, intent=Intent("einops-call", call.whole))
