"""EIN416 einmix-einsum."""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_lowercase

from einlint.callables import Kind
from einlint.findings import Report
from einlint.patterns.dialects import Dialect
from einlint.patterns.equations import parse_equation
from einlint.patterns.model import Expression, Pattern
from einlint.registry import rule
from einlint.targets.equations import refusals
from einlint.targets.exported import Exported
from einlint.targets.model import Feature


@rule("EIN416", "einmix-einsum", subject=Exported)
def einmix_einsum(exported: Exported) -> Iterator[Report]:
    """An EinMix becomes an Einsum that a target does not take."""
    pattern = _equation(exported) if exported.call.callee.kind is Kind.EINMIX else None
    if pattern is None or pattern.output is None:
        return
    sides = (*pattern.inputs, pattern.output)
    rank = max(len(side.axes) - (side.ellipsis is not None) for side in sides)
    limits = [*exported.limits(Feature.EINSUM), *refusals(pattern, exported.aim)]
    if any(side.ellipsis is not None for side in sides):
        limits += exported.limits(Feature.ELLIPSIS)
    for limit in limits:
        yield exported.report(limit, f"`EinMix` becomes an Einsum `{pattern.text}`", fix=False)
    for limit in exported.limits(Feature.RANK):
        if rank > limit.most:
            what = f"`EinMix` becomes an Einsum `{pattern.text}` of {rank} dimensions"
            yield exported.report(limit, what, fix=False)


def _equation(exported: Exported) -> Pattern | None:
    """The equation that einops writes: groups are split before it and merged after it, axes are letters in order."""
    reading = exported.reading
    pattern, weight = reading.pattern, reading.weight
    if pattern.output is None or weight is None:
        return None
    sides = (*pattern.inputs, *weight.pattern.inputs, pattern.output)
    names = sorted({name for side in sides for name in _names(side)} - {"..."})
    if len(names) > len(ascii_lowercase):
        return None
    letters = {"...": "..."} | dict(zip(names, ascii_lowercase, strict=False))
    *inputs, output = ("".join(letters[name] for name in _names(side)) for side in sides)
    return parse_equation(f"{','.join(inputs)}->{output}", Dialect.TORCH)


def _names(side: Expression) -> list[str]:
    return ["..." if axis.is_ellipsis else axis.name for axis in side.axes if axis.name != "1"]
