"""EIN601 chained-rearrange."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Reading
from einlint.findings import Intent, Report
from einlint.registry import rule


@rule("EIN601", "chained-rearrange", subject=Reading, default=False)
def chained_rearrange(reading: Reading) -> Iterator[Report]:
    """Two rearranges in a row can be one."""
    if reading.inner is None:
        return
    from einlint.rewrites.chain import chain_of

    chain = chain_of(reading)
    if chain is not None:
        message = f"two rearranges in a row are one: `{chain.pattern}`"
        yield Report(reading.call.span, message, intent=Intent("chained-rearrange", reading.call.whole))
