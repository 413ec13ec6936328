"""EIN409 einsum-broadcast."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.exported import Exported
from einlint.targets.model import Feature


@rule("EIN409", "einsum-broadcast", subject=Exported)
def einsum_broadcast(exported: Exported) -> Iterator[Report]:
    """A label has length 1 in one operand of an einsum and another length in the next."""
    limits = exported.limits(Feature.BROADCAST) if exported.is_einsum else ()
    label = _broadcast(exported) if limits else ""
    for limit in limits if label else ():
        yield exported.report(limit, f"label `{label}` has length 1 in one operand and another in the next")


def _broadcast(exported: Exported) -> str:
    """The first label that is certainly broadcast, in some way in which the call is reached."""
    inputs = exported.reading.pattern.inputs
    for shapes in exported.shapes:
        lengths: dict[str, set[int]] = {}
        for shape, expression in zip(shapes, inputs, strict=False):
            if shape is None or expression.ellipsis is not None:
                continue
            for size, axis in zip(shape, expression.axes, strict=False):
                constant = getattr(size, "constant", None)
                if constant is not None:
                    lengths.setdefault(axis.name, set()).add(int(constant))
        found = next((name for name, known in lengths.items() if 1 in known and len(known) > 1), "")
        if found:
            return found
    return ""
