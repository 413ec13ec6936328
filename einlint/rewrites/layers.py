"""A layer of einops as a layer of torch, or as a small module that is written once per file.

A layer without parameters keeps its place in a Sequential, so the keys of a state dict stay as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from einlint.axes import unused_lengths
from einlint.callables import Kind
from einlint.findings import Edit, Safety
from einlint.patterns.model import Pattern
from einlint.rewrites import mixes
from einlint.rewrites.arguments import Argument, Cost, argument, shortened
from einlint.rewrites.forms import reduction_of
from einlint.rewrites.frameworks import framework_of
from einlint.rewrites.imports import reach
from einlint.rewrites.locate import has_comment
from einlint.rewrites.lowering import Lowered, Style, lower_rearrange, lower_reduce
from einlint.rewrites.modules import checked, class_name, module, quoted, reached, written
from einlint.rewrites.question import canonical, pattern_text, question, size_of
from einlint.rewrites.rewrite import Refusal, Rewrite, builds
from einlint.rewrites.substitution import Code, substituted
from einlint.rewrites.surroundings import Site

_POOLS = {f"avg_pool{rank}d": f"AvgPool{rank}d" for rank in (1, 2, 3)}


@builds("einops-layer")
def eject_layer(site: Site, style: Style | None = None) -> Rewrite:
    """A `Rearrange`, `Reduce` or `EinMix` as a layer that needs no einops."""
    if framework_of(site) != "torch":
        raise Refusal("only layers of torch have a plain form")
    call, pattern = site.call, site.reading.pattern
    if not site.reading.valid or call.misuse or not (call.complete and call.lengths_known) or call.origin is not None:
        raise Refusal("some of its arguments are not written at the call")
    if has_comment(site.node.with_changes(lpar=[], rpar=[])):
        raise Refusal("a comment inside the call would be lost")
    lengths = {axis: f"n{k}" for k, axis in enumerate(call.lengths, 1)}
    if unknown := unused_lengths(site.reading):
        raise Refusal(f"`{unknown[0]}` is no axis of its pattern")
    own = replace(style or Style(), framework="torch")
    given = [argument(site, lengths[axis], length.value, tensor=False) for axis, length in call.lengths.items()]
    if call.callee.kind is Kind.EINMIX:
        made = mixes.mixed(site, lengths, own)
        code, more = mixes.own_layer(site, made, lengths, given)
        asked = mixes.asked(site, made, lengths)
    else:
        lowered = _lowered(site, lengths, own)
        dropped = [each for each in given if each.cost is Cost.EFFECT and each.name not in lowered.uses]
        if dropped:
            raise Refusal(f"`{shortened(dropped[0])}` would no longer be evaluated")
        code, more = _torch_layer(site, lowered, given) or _own_layer(site, lowered, lengths, given)
        asked = _question(site, pattern, lengths, lowered)
    return Rewrite("Write it as a layer of torch", (Edit(call.whole, code), *more), Safety.SAFE, asked)


def _lowered(site: Site, lengths: Mapping[str, str], style: Style) -> Lowered:
    if site.call.callee.kind is Kind.REARRANGE:
        return lower_rearrange(site.reading.pattern, "x", lengths, style)
    return lower_reduce(site.reading.pattern, "x", reduction_of(site), lengths, style)


def _question(site: Site, pattern: Pattern, lengths: Mapping[str, str], lowered: Lowered) -> Mapping[str, object]:
    """That of the function, which the layer calls."""
    renamed = canonical(pattern)
    keywords = "".join(f", {renamed[axis]}={size_of(name)}" for axis, name in lengths.items())
    is_reduce = site.call.callee.kind is Kind.REDUCE
    function, words = ("reduce", f", {reduction_of(site)!r}") if is_reduce else ("rearrange", "")
    a = f"{function}(x, {pattern_text(pattern, renamed)!r}{words}{keywords})"
    b = substituted(lowered.expression, {name: Code(size_of(name)) for name in lengths.values()})
    return question("torch", {"x": pattern.inputs[0]}, lengths, renamed, a, b)


def _torch_layer(site: Site, lowered: Lowered, given: Sequence[Argument]) -> tuple[str, list[Edit]] | None:
    """`nn.Identity`, `nn.Flatten`, `nn.Unflatten` or `nn.AvgPool2d`, where the plain form is that."""
    codes = {each.name: Code(each.code, each.atomic) for each in given}
    match ast.parse(lowered.expression, mode="eval").body:
        case ast.Name(id="x"):
            text = "Identity()"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="x"), attr="flatten"), args=args, keywords=[]):
            dims = [ast.unparse(each) for each in args]
            text = f"Flatten({'' if dims == ['1'] else ', '.join(dims)})"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="x"), attr="unflatten"), args=args, keywords=[]):
            text = substituted(f"Unflatten({', '.join(map(ast.unparse, args))})", codes)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="F"), attr=name), args=[ast.Name(id="x"), kernel]):
            if name not in _POOLS:
                return None
            text = substituted(f"{_POOLS[name]}({ast.unparse(kernel)})", codes)
        case _:
            return None
    module = reach(site, "nn")
    return f"{module.code}.{text}", [] if module.edit is None else [module.edit]


def _own_layer(
    site: Site, lowered: Lowered, lengths: Mapping[str, str], given: Sequence[Argument]
) -> tuple[str, list[Edit]]:
    """A module of its own."""
    modules = reached(site, lowered.needs)
    used = [axis for axis, name in lengths.items() if name in lowered.uses]
    checked(used)
    codes = {lengths[axis]: Code(f"self.{axis}") for axis in used}
    codes |= {short: Code(each.code) for short, each in modules.items()}
    forward = f"return {substituted(lowered.expression, codes)}"
    kept = [f"self.{axis} = {axis}" for axis in used]
    text = module(quoted(site.reading.pattern), f"{modules['nn'].code}.Module", used, kept, [forward])
    head = "Rearrange" if site.call.callee.kind is Kind.REARRANGE else reduction_of(site).capitalize()
    name, edits = written(site, class_name(head, site.reading.pattern), text, modules)
    by_name = {each.name: each for each in given}
    arguments = ", ".join(f"{axis}={by_name[lengths[axis]].code}" for axis in used)
    return f"{name}({arguments})", edits
