"""A layer of einops as a layer of torch, or as a small module that is written once per file.

A layer without parameters keeps its place in a Sequential, so the keys of a state dict stay as they are.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Mapping, Sequence
from dataclasses import replace

from einlint.callables import Kind
from einlint.findings import Edit, Position, Safety, Span
from einlint.patterns.model import Expression, Pattern
from einlint.rewrites.arguments import Argument, Cost, argument, shortened
from einlint.rewrites.forms import reduction_of
from einlint.rewrites.frameworks import framework_of
from einlint.rewrites.imports import reach, row_after_imports
from einlint.rewrites.locate import has_comment
from einlint.rewrites.lowering import Lowered, Style, lower_rearrange, lower_reduce
from einlint.rewrites.question import canonical, pattern_text, question, size_of
from einlint.rewrites.rewrite import Refusal, Rewrite, builds
from einlint.rewrites.substitution import Code, substituted
from einlint.rewrites.surroundings import Site

_LONGEST = 40


@builds("einops-layer")
def eject_layer(site: Site, style: Style | None = None) -> Rewrite:
    """A `Rearrange` or `Reduce` as a layer that needs no einops."""
    if framework_of(site) != "torch":
        raise Refusal("only layers of torch have a plain form")
    call, pattern = site.call, site.reading.pattern
    if not site.reading.valid or call.misuse or not (call.complete and call.lengths_known) or call.origin is not None:
        raise Refusal("some of its arguments are not written at the call")
    if has_comment(site.node.with_changes(lpar=[], rpar=[])):
        raise Refusal("a comment inside the call would be lost")
    lengths = {axis: f"n{k}" for k, axis in enumerate(call.lengths, 1)}
    lowered = _lowered(site, lengths, replace(style or Style(), framework="torch"))
    given = [argument(site, lengths[axis], length.value, tensor=False) for axis, length in call.lengths.items()]
    dropped = [each for each in given if each.cost is Cost.EFFECT and each.name not in lowered.uses]
    if dropped:
        raise Refusal(f"`{shortened(dropped[0])}` would no longer be evaluated")
    code, more = _torch_layer(site, lowered, given) or _own_layer(site, lowered, lengths, given)
    edits = (Edit(call.whole, code), *more)
    return Rewrite("Write it as a layer of torch", edits, Safety.SAFE, _question(site, pattern, lengths, lowered))


def _lowered(site: Site, lengths: Mapping[str, str], style: Style) -> Lowered:
    if site.call.callee.kind is Kind.REARRANGE:
        return lower_rearrange(site.reading.pattern, "x", lengths, style)
    if site.call.callee.kind is Kind.REDUCE:
        return lower_reduce(site.reading.pattern, "x", reduction_of(site), lengths, style)
    raise Refusal("a layer with weights is left alone: those would have other names and other first values")


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
    """`nn.Identity`, `nn.Flatten` or `nn.Unflatten`, where the plain form is that."""
    codes = {each.name: Code(each.code, each.atomic) for each in given}
    match ast.parse(lowered.expression, mode="eval").body:
        case ast.Name(id="x"):
            text = "Identity()"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="x"), attr="flatten"), args=args, keywords=[]):
            dims = [ast.unparse(each) for each in args]
            text = f"Flatten({'' if dims == ['1'] else ', '.join(dims)})"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="x"), attr="unflatten"), args=args, keywords=[]):
            text = substituted(f"Unflatten({', '.join(map(ast.unparse, args))})", codes)
        case _:
            return None
    reached = reach(site, "nn")
    return f"{reached.code}.{text}", [] if reached.edit is None else [reached.edit]


def _own_layer(
    site: Site, lowered: Lowered, lengths: Mapping[str, str], given: Sequence[Argument]
) -> tuple[str, list[Edit]]:
    """A module of its own, after the imports."""
    row = row_after_imports(site)
    reached = {short: reach(site, short, row) for short in sorted({"nn", *lowered.needs})}
    used = [axis for axis, name in lengths.items() if name in lowered.uses]
    if any(keyword.iskeyword(axis) for axis in used):
        raise Refusal("an axis has the name of a keyword")
    codes = {lengths[axis]: Code(f"self.{axis}") for axis in used}
    codes |= {short: Code(each.code) for short, each in reached.items()}
    forward = substituted(lowered.expression, codes)
    text = _class(site.reading.pattern, f"{reached['nn'].code}.Module", used, forward)
    wish = _class_name(site)
    name = site.file.claim(wish, text)
    existing = _definition(site, name)
    while existing is None and name in site.file.taken or existing is not None and not _same(existing, name, text):
        name = site.file.claim(f"{name}_", text)
        existing = _definition(site, name)
    edits = [each.edit for each in reached.values() if each.edit is not None]
    if existing is None:
        start = Position(row, 1)
        body = f"\n\nclass {name}{text}".replace("\n", site.file.newline)
        edits.append(Edit(Span(start, start), body, shared=True))
    by_name = {each.name: each for each in given}
    arguments = ", ".join(f"{axis}={by_name[lengths[axis]].code}" for axis in used)
    return f"{name}({arguments})", edits


def _definition(site: Site, name: str) -> ast.ClassDef | None:
    """The class of the module that has a name."""
    body = site.file.source.tree.body
    return next((each for each in body if isinstance(each, ast.ClassDef) and each.name == name), None)


def _same(existing: ast.ClassDef, name: str, text: str) -> bool:
    return ast.dump(existing) == ast.dump(ast.parse(f"class {name}{text}").body[0])


def _class(pattern: Pattern, base: str, parameters: Sequence[str], forward: str) -> str:
    """A module, from after its name on."""
    rows = [f"({base}):", f'    """`{" ".join(pattern.text.split())}`"""', ""]
    if parameters:
        rows += [f"    def __init__(self, {', '.join(parameters)}):", "        super().__init__()"]
        rows += [f"        self.{name} = {name}" for name in parameters]
        rows += [""]
    rows += ["    def forward(self, x):", f"        return {forward}", ""]
    return "\n".join(rows)


def _class_name(site: Site) -> str:
    """A name that tells the pattern: `RearrangeBCHWToBHwC`."""
    pattern = site.reading.pattern
    head = "Rearrange" if site.call.callee.kind is Kind.REARRANGE else reduction_of(site).capitalize()
    assert pattern.output is not None
    name = f"{head}{_words(pattern.inputs[0])}To{_words(pattern.output)}"
    return name if len(name) <= _LONGEST and name.isidentifier() else f"{head}Axes"


def _words(side: Expression) -> str:
    words = ["".join(axis.name for axis in group.axes).replace("...", "Any") or "1" for group in side.groups]
    return "".join(word[:1].upper() + word[1:] for word in words)
