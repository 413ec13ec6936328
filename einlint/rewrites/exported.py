"""A call as the plain code that an export target takes."""

from __future__ import annotations

import ast

from einlint.rewrites.eject import eject
from einlint.rewrites.forms import has_form
from einlint.rewrites.layers import eject_layer
from einlint.rewrites.lowering import Style
from einlint.rewrites.rewrite import Refusal, Rewrite, builds
from einlint.rewrites.surroundings import Site
from einlint.targets.dtypes import dtype_of

_REDUCES = frozenset({"sum", "amax", "amin", "prod"})


@builds("exported-call")
def exported(site: Site, demands: str = "") -> Rewrite:
    """Plain code that keeps within demands: `max_rank=5 diagonal=False` are fields of `Form`."""
    fields = {name: ast.literal_eval(value) for name, _, value in (word.partition("=") for word in demands.split())}
    half_output = fields.pop("half_output", True)
    style = Style(**fields)
    if site.call.callee.layer:
        return eject_layer(site, style)
    if not has_form(site.reading):
        raise Refusal("no plain code is known for it")
    rewrite = eject(site, style)
    if not half_output and _is_half(site) and _ends_in_a_reduction(site, rewrite):
        raise Refusal("a target makes an output of the model float32 that ends in the sum of a half type")
    return rewrite


def _is_half(site: Site) -> bool:
    finder, scope = site.file.finder, site.call.scope
    operands = (node for tensor in site.call.tensors for node in getattr(tensor, "elts", [tensor]))
    return any(dtype_of(node, scope, finder) in ("float16", "bfloat16") for node in operands)


def _ends_in_a_reduction(site: Site, rewrite: Rewrite) -> bool:
    code = next((edit.content for edit in rewrite.edits if edit.span == site.call.whole), "")
    try:
        node = ast.parse(code.strip(), mode="eval").body
    except SyntaxError:
        return False
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _REDUCES
