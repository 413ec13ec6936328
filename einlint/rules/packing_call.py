"""EIN614 packing-call."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.callables import Kind
from einlint.calls import Reading
from einlint.findings import Intent, Report
from einlint.registry import rule

_KINDS = (Kind.PACK, Kind.UNPACK, Kind.PARSE_SHAPE)


@rule("EIN614", "packing-call", subject=Reading, default=False)
def packing_call(reading: Reading) -> Iterator[Report]:
    """A pack, unpack or parse_shape can be written in plain torch or numpy."""
    call = reading.call
    if call.callee.kind in _KINDS:
        message = f"`{call.callee.name}` with `{reading.pattern.text}` depends on einops"
        yield Report(call.span, message, intent=Intent("packing-call", call.whole))
