"""EIN615 asnumpy-call."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.callables import Kind
from einlint.calls import Call
from einlint.findings import Intent, Report
from einlint.registry import rule


@rule("EIN615", "asnumpy-call", subject=Call, default=False)
def asnumpy_call(call: Call) -> Iterator[Report]:
    """An asnumpy can be written in plain torch or numpy."""
    if call.callee.kind is Kind.ASNUMPY:
        yield Report(call.span, "`asnumpy` depends on einops", intent=Intent("asnumpy-call", call.whole))
