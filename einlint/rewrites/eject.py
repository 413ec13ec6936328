"""A call of einops or einsum as plain torch or numpy."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from einlint.callables import Kind
from einlint.findings import Edit, Safety, Span
from einlint.rewrites.arguments import Argument, to_bind
from einlint.rewrites.binding import Local, lines, locals_for
from einlint.rewrites.comments import comment_rows, lost_comments
from einlint.rewrites.forms import Form, form_of
from einlint.rewrites.frameworks import framework_of
from einlint.rewrites.imports import MODULES, reach
from einlint.rewrites.lowering import Lowered, Precedence, Style
from einlint.rewrites.rewrite import Rewrite, builds
from einlint.rewrites.substitution import Code, is_tight, substituted
from einlint.rewrites.surroundings import Site


@builds("einops-call", "einsum-call", "packing-call", "asnumpy-call")
def eject(site: Site, style: Style | None = None) -> Rewrite:
    """The call as an expression on its operands; the framework of a style is that of the call."""
    framework = framework_of(site)
    form, bound = _form(site, replace(style or _style(site), framework=framework))
    found = locals_for(site, bound, form.arguments)
    whole = form.whole or site.call.node
    code, imports = _code(site, form.lowered, form.arguments, found, whole)
    edits = [*_before(site, found, code), Edit(site.file.source.span(whole), code), *imports]
    if form.target is not None:
        edits.append(Edit(site.file.source.span(form.target), site.file.code(form.target.elts[0])))
    return Rewrite(f"Write it in plain {framework}", tuple(edits), Safety.SAFE, form.question)


def _style(site: Site) -> Style:
    """Where unsafe code is asked for, functions that differ at an edge: of einsums these are no shorter."""
    return Style(exact=not (site.unsafe and site.call.callee.kind in (Kind.REARRANGE, Kind.REDUCE)))


def _form(site: Site, style: Style) -> tuple[Form, list[Argument]]:
    """The plain form and the arguments that it needs bound, of forms in another order that which needs fewer."""
    form = form_of(site, style)
    bound = to_bind(form.arguments, form.lowered.uses)
    if bound:
        other = form_of(site, replace(style, in_order=True))
        fewer = to_bind(other.arguments, other.lowered.uses)
        if len(fewer) < len(bound):
            return other, fewer
    return form, bound


def _code(
    site: Site, lowered: Lowered, arguments: Sequence[Argument], found: list[Local], whole: ast.expr
) -> tuple[str, list[Edit]]:
    """The expression for the place of the call, and the imports that it needs."""
    reached = {short: reach(site, short) for short in sorted(lowered.needs)}
    codes = {argument.name: Code(argument.code, argument.atomic) for argument in arguments}
    codes |= {local.argument.name: Code(local.name) for local in found}
    codes |= {short: Code(each.code) for short, each in reached.items() if short in MODULES}
    text = substituted(lowered.expression, codes)
    parent = site.file.parents[whole]
    atomic = lowered.precedence is Precedence.PRIMARY
    if lowered.expression in codes:
        atomic = codes[lowered.expression].atomic
    if isinstance(parent, ast.Assign) and isinstance(ast.parse(lowered.expression, mode="eval").body, ast.Tuple):
        text = text[1:-1]
    if _breaks(text) or not atomic and (is_tight(whole, parent) or isinstance(parent, (ast.BoolOp, ast.IfExp))):
        text = f"({text})"
    return text, [each.edit for each in reached.values() if each.edit is not None]


def _breaks(text: str) -> bool:
    """Whether a line break in the code is outside of all brackets."""
    try:
        ast.parse(text.strip(), mode="eval")
    except SyntaxError:
        return True
    return False


def _before(site: Site, found: list[Local], code: str) -> list[Edit]:
    """What comes before: comments of the call that the new code does not keep, and locals."""
    lost = lost_comments(site, code + "".join(local.argument.code for local in found))
    edits = [comment_rows(site, lost)] if lost else []
    if found:
        start = site.file.source.span(site.file.statement(site.call.node)).start
        edits.append(Edit(Span(start, start), lines(site, found)))
    return edits
