"""EIN412 baked-size."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.findings import Intent, Report, Safety, Span
from einlint.registry import rule
from einlint.targets.exported import Exported
from einlint.targets.model import Feature, Limit
from einlint.targets.sizes import Baked, baked, depends_on_size

_ROOTS = ("math.sqrt", "math.isqrt", "numpy")
_UNMENDED = ("round", "min", "max", "torch.sym_int")


@rule("EIN412", "baked-size", subject=Exported)
def baked_size(exported: Exported) -> Iterator[Report]:
    """An axis length is computed from the size of a tensor in a way that an exporter makes a constant of."""
    call, finder = exported.call, exported.knowledge.finder
    limits = exported.limits(Feature.SIZE)
    for name, length in call.lengths.items() if limits and not call.callee.layer else ():
        found = baked(length.value, call.scope, finder, _tensors(exported, length.value))
        for limit in limits if found is not None else ():
            if found is not None and found.how in limit.functions:
                span, code = call.source.span(length.value), ast.unparse(found.node)
                fix = _fix(found, limit, call.source.span(found.node))
                yield exported.report(limit, f"length `{name}` depends on `{code}`", span, fix)
    if call.callee.name == "repeat":
        for limit in exported.limits(Feature.DYNAMIC_REPEAT):
            for name, length in call.lengths.items():
                if depends_on_size(length.value, call.scope):
                    yield exported.report(limit, f"length `{name}` is the size of a tensor", fix=False)


def _fix(found: Baked, limit: Limit, span: Span) -> Intent | bool:
    """Arithmetic with sizes in its place; of a root only what the target follows."""
    is_root = found.how in _ROOTS or any(isinstance(node, ast.Pow) for node in ast.walk(found.node))
    if found.how in _UNMENDED or is_root and not limit.symbolic:
        return False
    return Intent("symbolic-length", span, Safety.UNSAFE) if is_root else Intent("plain-length", span)


def _tensors(exported: Exported, node: ast.expr) -> frozenset[str]:
    """The names in an expression that are certainly tensors."""
    known = exported.knowledge.is_tensor
    names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
    return frozenset(each.id for each in names if known(each, exported.call))
