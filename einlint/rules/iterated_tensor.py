"""EIN413 iterated-tensor."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.findings import Report
from einlint.registry import rule
from einlint.targets.exported import Exported
from einlint.targets.model import Feature


@rule("EIN413", "iterated-tensor", subject=Exported)
def iterated_tensor(exported: Exported) -> Iterator[Report]:
    """A tensor is taken apart along its first dimension, whose size an export then fixes."""
    limits = exported.limits(Feature.LIST)
    for node in (*exported.call.tensors, *exported.call.arguments.values()) if limits else ():
        tensor = _iterated(node)
        if tensor is not None and exported.knowledge.is_tensor(tensor, exported.call):
            for limit in limits:
                what = f"`{ast.unparse(node)}` has an element for each index of `{ast.unparse(tensor)}`"
                yield exported.report(limit, what, exported.call.source.span(node), fixable=False)
            return


def _iterated(node: ast.expr) -> ast.expr | None:
    """`x` of `list(x)`, of `[f(t) for t in x]` and of `x.unbind()`."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        return node.args[0] if isinstance(node.func, ast.Name) and node.func.id in ("list", "tuple") else None
    if isinstance(node, ast.ListComp) and len(node.generators) == 1:
        return node.generators[0].iter
    return None
