"""EIN009 unsupported-einsum-axis."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.calls import Problems
from einlint.findings import Report
from einlint.registry import rule


@rule("EIN009", "unsupported-einsum-axis", subject=Problems)
def unsupported_einsum_axis(problems: Problems) -> Iterator[Report]:
    """`einops.einsum` is given brackets, a number or an axis of length 1."""
    yield from problems.of("unsupported-einsum-axis")
