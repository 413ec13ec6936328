"""EIN408 einsum-spaces."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.callables import Kind
from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.exported import Exported
from einlint.targets.model import Feature


@rule("EIN408", "einsum-spaces", subject=Exported)
def einsum_spaces(exported: Exported) -> Iterator[Report]:
    """A target does not take spaces in an equation."""
    text = exported.reading.pattern.text
    if exported.call.callee.kind is Kind.EQUATION and " " in text:
        for limit in exported.limits(Feature.SPACES):
            yield exported.report(limit, "an equation with spaces", exported.reading.span(0, len(text)))
