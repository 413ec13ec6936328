"""EIN405 einsum-ellipsis."""

from __future__ import annotations

from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.exported import Exported
from einlint.targets.model import Feature


@rule("EIN405", "einsum-ellipsis", subject=Exported)
def einsum_ellipsis(exported: Exported) -> Iterator[Report]:
    """A target does not take the ellipsis of an einsum."""
    pattern = exported.reading.pattern
    written = [e for expression in pattern.inputs if (e := expression.ellipsis) is not None]
    if not exported.is_einsum or not written:
        return
    for limit in exported.limits(Feature.ELLIPSIS):
        yield exported.report(limit, "an einsum with `...`", exported.at(written[0]))
    ranks = _ranks(exported)
    if pattern.output is not None and pattern.output.ellipsis is None and 0 not in {*ranks}:
        for limit in exported.limits(Feature.ELLIPSIS_SUMMED):
            yield exported.report(limit, "`...` is summed over", exported.at(written[0]))
    if len(written) > 1 and len({*ranks}) > 1:
        for limit in exported.limits(Feature.ELLIPSIS_RANKS):
            many = " and ".join(map(str, ranks))
            yield exported.report(limit, f"`...` stands for {many} dimensions", exported.at(written[0]))


def _ranks(exported: Exported) -> tuple[int, ...]:
    """How many dimensions the ellipses stand for, where all operands are known and every way says the same."""
    inputs = exported.reading.pattern.inputs
    found = set()
    for shapes in exported.shapes:
        if len(shapes) != len(inputs) or None in shapes:
            continue
        pairs = [(shape, each) for shape, each in zip(shapes, inputs, strict=True) if each.ellipsis is not None]
        found.add(tuple(len(shape or ()) - len(each.axes) + 1 for shape, each in pairs))
    return found.pop() if len(found) == 1 else ()
