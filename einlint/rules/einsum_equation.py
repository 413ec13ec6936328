"""EIN404 einsum-equation."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.equations import lettered, refusals
from einlint.targets.exported import Exported


@rule("EIN404", "einsum-equation", subject=Exported)
def einsum_equation(exported: Exported) -> Iterator[Report]:
    """A target does not take this equation, whatever its labels are called."""
    pattern = exported.reading.pattern
    for limit in refusals(pattern, exported.aim) if exported.is_einsum else ():
        yield exported.report(limit, f"an einsum `{lettered(pattern)}`")
