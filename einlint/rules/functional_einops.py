"""EIN415 functional-einops."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.callables import Kind
from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.exported import Exported
from einlint.targets.model import Feature


@rule("EIN415", "functional-einops", subject=Exported)
def functional_einops(exported: Exported) -> Iterator[Report]:
    """A function of einops is called where only its layers compile."""
    callee = exported.call.callee
    if not callee.layer and callee.kind is not Kind.EQUATION:
        for limit in exported.limits(Feature.FUNCTIONAL_EINOPS):
            yield exported.report(limit, f"`{callee.name}` is a function of einops, not a layer")
