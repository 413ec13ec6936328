"""EIN613 einops-layer."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Reading
from einlint.findings import Intent, Report
from einlint.registry import rule


@rule("EIN613", "einops-layer", subject=Reading, default=False)
def einops_layer(reading: Reading) -> Iterator[Report]:
    """A layer of einops can be a layer of torch or a small module."""
    call = reading.call
    if call.callee.layer:
        message = f"the layer `{call.callee.name}` with `{reading.pattern.text}` depends on einops"
        yield Report(call.span, message, intent=Intent("einops-layer", call.whole))
