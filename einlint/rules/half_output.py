"""EIN417 half-output."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.callables import Kind
from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.dtypes import dtype_of
from einlint.targets.exported import Exported
from einlint.targets.model import Feature


@rule("EIN417", "half-output", subject=Exported)
def half_output(exported: Exported) -> Iterator[Report]:
    """A reduce of float16 is returned, and an exporter makes float32 of it."""
    call, finder = exported.call, exported.knowledge.finder
    limits = exported.limits(Feature.HALF_OUTPUT) if call.callee.kind is Kind.REDUCE and not call.callee.layer else ()
    if not limits or not _is_returned(exported):
        return
    dtype = dtype_of(call.arguments["tensor"], call.scope, finder)
    reductions = call.reduction_names
    for limit in limits:
        if dtype in limit.dtypes and reductions and reductions <= limit.functions:
            yield exported.report(limit, f"the `{min(reductions)}` of {dtype} is returned", fix=False)


def _is_returned(exported: Exported) -> bool:
    """Whether the call is what its function returns, or an element of that."""
    scopes, call = exported.knowledge.finder.names.scopes, exported.call
    function = next((node for node, scope in scopes.items() if scope is call.scope), None)
    returned = [n.value for n in ast.walk(function) if isinstance(n, ast.Return)] if function is not None else []
    elements = (each for value in returned for each in getattr(value, "elts", [value]))
    return any(each is call.node for each in elements)
