"""EIN413 iterated-tensor."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.callables import Kind
from einlint.findings import Intent, Report, Safety
from einlint.registry import rule
from einlint.targets.exported import Exported
from einlint.targets.iterated import is_whole, iterated
from einlint.targets.model import Feature

_STACKS = (Kind.REARRANGE, Kind.REDUCE, Kind.REPEAT)


@rule("EIN413", "iterated-tensor", subject=Exported)
def iterated_tensor(exported: Exported) -> Iterator[Report]:
    """A tensor is taken apart along its first dimension, whose size an export then fixes."""
    call = exported.call
    limits = exported.limits(Feature.LIST) if call.callee.kind in (*_STACKS, Kind.PACK) else ()
    for node in (*call.tensors, *call.arguments.values()) if limits else ():
        tensor = iterated(node, call.scope)
        if tensor is not None and exported.knowledge.is_tensor(tensor, call):
            stacked = call.callee.kind in _STACKS and is_whole(node, tensor)
            safety = Safety.SAFE if call.callee.kind is Kind.REDUCE else Safety.UNSAFE  # others then share memory
            fix = Intent("whole-tensor", call.whole, safety) if stacked else False
            what = f"`{ast.unparse(node)}` has an element for each index of `{ast.unparse(tensor)}`"
            for limit in limits:
                yield exported.report(limit, what, call.source.span(node), fix)
            return
