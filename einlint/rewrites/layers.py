"""A layer of einops as a layer of torch, or as a small module that is written once per file.

A layer without parameters keeps its place in a Sequential, so the keys of a state dict stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from einlint.axes import unused_lengths
from einlint.callables import Kind
from einlint.findings import Edit, Safety
from einlint.patterns.model import Pattern
from einlint.rewrites import mixes
from einlint.rewrites.arguments import Argument, Cost, argument, shortened
from einlint.rewrites.class_names import class_name
from einlint.rewrites.comments import comment_rows, lost_comments
from einlint.rewrites.forms import reduction_of
from einlint.rewrites.frameworks import framework_of
from einlint.rewrites.imports import reach
from einlint.rewrites.lowering import Lowered, Style, lower_rearrange, lower_reduce
from einlint.rewrites.modules import checked, module, quoted, reached, written
from einlint.rewrites.question import canonical, pattern_text, question, size_of
from einlint.rewrites.rewrite import Refusal, Rewrite, builds
from einlint.rewrites.substitution import Code, substituted
from einlint.rewrites.surroundings import Site
from einlint.rewrites.torch_layers import torch_layer


@builds("einops-layer")
def eject_layer(site: Site, style: Style | None = None) -> Rewrite:
    """A `Rearrange`, `Reduce` or `EinMix` as a layer that needs no einops."""
    if framework_of(site) != "torch":
        raise Refusal("only layers of torch have a plain form")
    call = site.call
    if not site.reading.valid or call.misuse or not (call.complete and call.lengths_known) or call.origin is not None:
        raise Refusal("some of its arguments are not written at the call")
    if unknown := unused_lengths(site.reading):
        raise Refusal(f"`{unknown[0]}` is no axis of its pattern")
    own = replace(style or Style(exact=not site.unsafe), framework="torch")
    given = {
        axis: argument(site, f"n{k}", length.value, tensor=False)
        for k, (axis, length) in enumerate(call.lengths.items(), 1)
    }
    if call.callee.kind is Kind.EINMIX:
        lengths = {axis: each.name for axis, each in given.items()}
        made = mixes.mixed(site, lengths, own)
        code, more = mixes.own_layer(site, made, given)
        asked = mixes.asked(site, made, lengths)
    else:
        code, more, asked = _of_torch(site, _shared(given), own) or _of_own(site, given, own)
    lost = lost_comments(site, code)
    comments = [comment_rows(site, lost)] if lost else []
    return Rewrite("Write it as a layer of torch", (*comments, Edit(call.whole, code), *more), Safety.SAFE, asked)


_Made = tuple[str, list[Edit], Mapping[str, object]]
"""The code of a layer, the edits that it needs elsewhere, and its question."""


def _lowered(site: Site, lengths: Mapping[str, str], given: Sequence[Argument], style: Style) -> Lowered:
    """The plain form of the function that a layer calls."""
    pattern = site.reading.pattern
    if site.call.callee.kind is Kind.REARRANGE:
        made = lower_rearrange(pattern, "x", lengths, style)
    else:
        made = lower_reduce(pattern, "x", reduction_of(site), lengths, style)
    dropped = [each for each in given if each.cost is Cost.EFFECT and each.name not in made.uses]
    if dropped:
        raise Refusal(f"`{shortened(dropped[0])}` would no longer be evaluated")
    return made


def _shared(given: Mapping[str, Argument]) -> dict[str, Argument]:
    """The lengths of axes, one argument for all that have the same source."""
    free = {axis: each for axis, each in given.items() if each.cost is not Cost.EFFECT}
    first = {each.code: each for each in reversed(free.values())}
    return {**given, **{axis: first[each.code] for axis, each in free.items()}}


def _rank(pattern: Pattern) -> int:
    """How many dimensions the operand has, 0 where an ellipsis hides it."""
    side = pattern.inputs[0]
    return len(side.groups) if side.ellipsis is None else 0


def _question(site: Site, lengths: Mapping[str, str], code: str) -> Mapping[str, object]:
    """That of the function, which the layer calls."""
    pattern = site.reading.pattern
    renamed = canonical(pattern)
    keywords = "".join(f", {renamed[axis]}={size_of(name)}" for axis, name in lengths.items())
    is_reduce = site.call.callee.kind is Kind.REDUCE
    function, words = ("reduce", f", {reduction_of(site)!r}") if is_reduce else ("rearrange", "")
    a = f"{function}(x, {pattern_text(pattern, renamed)!r}{words}{keywords})"
    b = substituted(code, {name: Code(size_of(name)) for name in lengths.values()})
    return question("torch", {"x": pattern.inputs[0]}, lengths, renamed, a, b)


def _of_torch(site: Site, given: Mapping[str, Argument], style: Style) -> _Made | None:
    """A layer of torch, where one does it."""
    lengths = {axis: each.name for axis, each in given.items()}
    lowered = _lowered(site, lengths, list(given.values()), style)
    layer = torch_layer(lowered.expression, _rank(site.reading.pattern), style.exact)
    if layer is None:
        return None
    module = reach(site, "nn")
    text = substituted(layer.text, {each.name: Code(each.code, each.atomic) for each in given.values()})
    edits = [] if module.edit is None else [module.edit]
    return f"{module.code}.{text}", edits, _question(site, lengths, layer.function)


def _of_own(site: Site, given: Mapping[str, Argument], style: Style) -> _Made:
    """A module of its own, which takes the lengths that it needs by the names of their axes."""
    lengths = {axis: each.name for axis, each in given.items()}
    lowered = _lowered(site, lengths, list(given.values()), style)
    modules = reached(site, lowered.needs)
    used = [axis for axis, name in lengths.items() if name in lowered.uses]
    checked(used)
    codes = {lengths[axis]: Code(f"self.{axis}") for axis in used}
    codes |= {short: Code(each.code) for short, each in modules.items()}
    forward = f"return {substituted(lowered.expression, codes)}"
    kept = [f"self.{axis} = {axis}" for axis in used]
    text = module(quoted(site.reading.pattern), f"{modules['nn'].code}.Module", used, kept, [forward])
    reduction = reduction_of(site) if site.call.callee.kind is Kind.REDUCE else ""
    name, edits = written(site, class_name(site.reading.pattern, reduction), text, modules)
    arguments = ", ".join(f"{axis}={given[axis].code}" for axis in used)
    return f"{name}({arguments})", edits, _question(site, lengths, lowered.expression)
