"""A call as the plain code that an export target takes."""

from __future__ import annotations

import ast

from einlint.rewrites.eject import eject
from einlint.rewrites.forms import has_form
from einlint.rewrites.layers import eject_layer
from einlint.rewrites.lowering import Style
from einlint.rewrites.rewrite import Refusal, Rewrite, builds
from einlint.rewrites.surroundings import Site


@builds("exported-call")
def exported(site: Site, demands: str = "") -> Rewrite:
    """Plain code that keeps within demands: `max_rank=5 diagonal=False` are fields of `Style`."""
    fields = (word.partition("=") for word in demands.split())
    style = Style(**{name: ast.literal_eval(value) for name, _, value in fields})
    if site.call.callee.layer:
        return eject_layer(site, style)
    if not has_form(site.reading):
        raise Refusal("no plain code is known for it")
    return eject(site, style)
