"""What a call asks of lowering, and the same call on placeholders for the question."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from einlint.callables import Kind
from einlint.calls import Reading
from einlint.patterns.model import Expression
from einlint.rewrites.arguments import Argument, Cost, argument
from einlint.rewrites.lists import is_list, packed
from einlint.rewrites.lowering import (
    Lowered,
    Style,
    lower_asnumpy,
    lower_einsum,
    lower_pack,
    lower_parse_shape,
    lower_rearrange,
    lower_reduce,
    lower_repeat,
    lower_unpack,
)
from einlint.rewrites.question import canonical, equation_text, pattern_text, question, size_of, unpacking
from einlint.rewrites.rewrite import Refusal
from einlint.rewrites.substitution import Code, substituted
from einlint.rewrites.surroundings import Site
from einlint.verification.fields import question_fields

_LISTED = ("x1", "x2", "x3")
"""What a list whose length is not known is in a question."""


@dataclass(frozen=True)
class Form:
    """The plain form of a call over placeholders, its arguments in the order of evaluation.

    `whole` is what it takes the place of where that is more than the call: `unpack(...)[0]`; `target` what is assigned
    to, if that gives way to its only element.
    """

    lowered: Lowered
    arguments: Sequence[Argument]
    question: Mapping[str, Any]
    whole: ast.Subscript | None = None
    target: ast.Tuple | ast.List | None = None


def form_of(site: Site, style: Style) -> Form:
    """The plain form of a function's call. Raises Refusal."""
    call = site.call
    if not site.reading.valid or call.misuse:
        raise Refusal("the call is not valid")
    if not (call.complete and call.lengths_known and call.operands_known) or call.origin is not None:
        raise Refusal("some of its arguments are not written at the call")
    return _FORMS[call.callee.kind](site, style)


@dataclass
class Placeholders:
    """Gives names to arguments as they come, the same to lengths with the same source."""

    site: Site
    arguments: list[Argument] = field(default_factory=list)
    lengths: dict[str, str] = field(default_factory=dict)

    def operand(self, node: ast.expr) -> str:
        """The placeholder of a tensor."""
        name = _numbered("x", sum(each.name.startswith("x") for each in self.arguments))
        self.arguments.append(argument(self.site, name, node, tensor=True))
        return name

    def length(self, axis: str, node: ast.expr) -> str:
        """The placeholder of a length, or its digits."""
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value >= 0:
            self.lengths[axis] = str(node.value)
            return self.lengths[axis]
        new = argument(self.site, "", node, tensor=False)
        same = next((e for e in self.arguments if e.code == new.code and e.name.startswith("n")), None)
        if same is not None and new.cost is not Cost.EFFECT:
            self.lengths[axis] = same.name
            return same.name
        name = _numbered("n", sum(each.name.startswith("n") for each in self.arguments))
        self.arguments.append(argument(self.site, name, node, tensor=False))
        self.lengths[axis] = name
        return name

    @property
    def in_order(self) -> list[Argument]:
        """The arguments in the order of evaluation: positional ones first, then keywords."""
        keywords = {id(node) for keyword in self.site.call.node.keywords for node in ast.walk(keyword.value)}
        return sorted(self.arguments, key=lambda e: (id(e.node) in keywords, e.node.lineno, e.node.col_offset))


def _numbered(letter: str, count: int) -> str:
    return f"{letter}{count + 1}" if count else letter


def _lengths(names: Placeholders) -> None:
    known = canonical(names.site.reading.pattern)
    for axis, length in names.site.call.lengths.items():
        if axis not in known:
            raise Refusal(f"`{axis}` is no axis of its pattern")
        names.length(axis, length.value)


def _keywords(names: Placeholders, renamed: Mapping[str, str]) -> str:
    return "".join(f", {renamed[axis]}={size_of(text)}" for axis, text in names.lengths.items())


def _arrow(site: Site, style: Style) -> Form:
    """rearrange, reduce and repeat."""
    call, pattern = site.call, site.reading.pattern
    names, renamed = Placeholders(site), canonical(pattern)
    node = call.arguments["tensor"]
    side = pattern.inputs[0]
    element = Expression(side.groups[1:], side.start, side.end)
    listed, stands = False, {}
    if isinstance(node, ast.List) and not any(isinstance(each, ast.Starred) for each in node.elts):
        operand: str | list[str] = [names.operand(each) for each in node.elts]
        original, shapes = f"[{', '.join(operand)}]", dict.fromkeys(operand, element)
    else:
        listed = is_list(site, node)
        operand = original = names.operand(node)
        shapes = {operand: side}
        if listed:
            shapes = dict.fromkeys(_LISTED, element)
            original = stands[operand] = f"[{', '.join(_LISTED)}]"
    if original[:1] == "[" and (not operand or side.groups[:1] and side.groups[0].is_spread):
        raise Refusal("its operand is a list, and the pattern does not say where it becomes a dimension")
    _lengths(names)
    how: dict[str, Any] = {"lengths": names.lengths, "style": style, "listed": listed}
    words = ""
    if call.callee.kind is Kind.REDUCE:
        reduction = reduction_of(site)
        words = f", {reduction!r}"
        lowered = lower_reduce(pattern, operand, reduction, **how)
    elif call.callee.kind is Kind.REARRANGE:
        lowered = lower_rearrange(pattern, operand, **how)
    else:
        lowered = lower_repeat(pattern, operand, **how)
    a = f"{call.callee.name}({original}, {pattern_text(pattern, renamed)!r}{words}{_keywords(names, renamed)})"
    b = _asked(lowered, names, stands)
    asked = question(style.framework, shapes, names.lengths, renamed, a, b)
    return Form(lowered, names.in_order, asked)


def reduction_of(site: Site) -> str:
    """The one reduction of a reduce. Raises Refusal where it is not a text."""
    texts = site.call.reduction_names
    if len(texts) != 1:
        raise Refusal("the reduction is not written at the call")
    return texts.pop()


def _asked(lowered: Lowered, names: Placeholders, operands: Mapping[str, str]) -> str:
    """The plain form as the question has it."""
    codes = {text: Code(size_of(text)) for text in names.lengths.values() if not text.isdecimal()}
    return substituted(lowered.expression, codes | {name: Code(code) for name, code in operands.items()})


def _einsum(site: Site, style: Style) -> Form:
    """An einsum of any library that has a plain form."""
    call, pattern = site.call, site.reading.pattern
    more = set(call.keywords) - {"optimize"}
    if more:
        raise Refusal(f"the argument `{min(more)}` has no plain form")
    names = Placeholders(site)
    operands = [names.operand(node) for node in _tensors_of(site)]
    if len(operands) != len(pattern.inputs):
        raise Refusal("its operands are not written at the call")
    lowered = lower_einsum(pattern, operands, style)
    renamed = canonical(pattern)
    listed = ", ".join(operands)
    if call.callee.kind is Kind.EINSUM:
        a = f"einsum({listed}, {pattern_text(pattern, renamed)!r})"
    else:
        a = f"{'torch' if style.framework == 'torch' else 'np'}.einsum({equation_text(pattern)!r}, {listed})"
    shapes = dict(zip(operands, pattern.inputs, strict=True))
    return Form(lowered, names.in_order, question(style.framework, shapes, {}, renamed, a, lowered.expression))


def _tensors_of(site: Site) -> list[ast.expr]:
    call = site.call
    if site.reading.sublists:
        nodes = [call.arguments["equation"], *call.operands]
        return nodes[: len(nodes) - len(nodes) % 2 : 2]
    if len(call.operands) == 1 and len(site.reading.pattern.inputs) > 1:
        only = call.operands[0]
        return list(only.elts) if isinstance(only, (ast.List, ast.Tuple)) else [only]
    return list(call.operands)


def _pack(site: Site, style: Style) -> Form:
    pattern, node = site.reading.pattern, site.call.arguments["tensors"]
    names, renamed = Placeholders(site), canonical(pattern)
    stands = {}
    if isinstance(node, (ast.List, ast.Tuple)) and not any(isinstance(each, ast.Starred) for each in node.elts):
        operands = [names.operand(each) for each in node.elts]
        lowered = lower_pack(pattern, operands, style)
    else:
        operands = list(_LISTED)
        name = names.operand(node)
        stands[name] = f"[{', '.join(operands)}]"
        lowered = lower_pack(pattern, [name], style, listed=True)
    a = f"pack([{', '.join(operands)}], {pattern_text(pattern, renamed)!r})"
    shapes = dict.fromkeys(operands, pattern.inputs[0])
    asked = question(style.framework, shapes, {}, renamed, a, _asked(lowered, names, stands))
    return Form(lowered, names.in_order, asked)


def _unpack(site: Site, style: Style) -> Form:
    call, pattern = site.call, site.reading.pattern
    parent = site.file.parents[call.node]
    index = parent if isinstance(parent, ast.Subscript) and _is_zero(parent.slice) else None
    target = _only_target(parent)
    count = 1 if index is None and target is not None else None
    shapes = call.arguments["packed_shapes"]
    only = shapes.elts[0] if isinstance(shapes, ast.List) and len(shapes.elts) == 1 and count else None
    alone = only is not None and not isinstance(only, ast.Starred)
    if count is None and not packed(site, shapes):
        raise Refusal("the packed shapes may hold -1: they do not come from a `pack` of the same function")
    names, renamed = Placeholders(site), canonical(pattern)
    operand, sizes = names.operand(call.arguments["tensor"]), names.operand(only if only and alone else shapes)
    zero = None if index is None and count is None else 0
    lowered = lower_unpack(pattern, operand, sizes, style, index=zero, count=count, alone=alone)
    listed = "[x3.shape]" if count == 1 else "[x3.shape, x4.shape]"
    zeroth = "" if index is None and count is None else "[0]"
    a = f"unpack({operand}, {listed}, {pattern_text(pattern, renamed)!r}){zeroth}"
    b = _asked(lowered, names, {sizes: listed[1:-1] if alone else listed})
    asked = unpacking(style.framework, operand, pattern, renamed, a, b, count == 1)
    return Form(lowered, names.in_order, asked, index, target if count else None)


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0 and type(node.value) is int


def _only_target(statement: ast.AST) -> ast.Tuple | ast.List | None:
    """The target of an assignment that unpacks to one name, `x, = ...`."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    target = targets[0] if len(targets) == 1 else None
    if not isinstance(target, (ast.Tuple, ast.List)) or len(target.elts) != 1:
        return None
    return None if isinstance(target.elts[0], ast.Starred) else target


def _parse_shape(site: Site, style: Style) -> Form:
    pattern = site.reading.pattern
    names = Placeholders(site)
    operand = names.operand(site.call.arguments["x"])
    lowered = lower_parse_shape(pattern, operand)
    a = f"parse_shape({operand}, {pattern_text(pattern, {})!r})"
    asked = question(style.framework, {operand: pattern.inputs[0]}, {}, {}, a, lowered.expression)
    return Form(lowered, names.in_order, asked)


def _asnumpy(site: Site, style: Style) -> Form:
    names = Placeholders(site)
    operand = names.operand(site.call.arguments["tensor"])
    lowered = lower_asnumpy(operand, style)
    asked = question_fields(style.framework, [{operand: "b n"}], f"asnumpy({operand})", lowered.expression)
    return Form(lowered, names.in_order, asked)


_FORMS: dict[Kind, Callable[[Site, Style], Form]] = {
    Kind.REARRANGE: _arrow, Kind.REDUCE: _arrow, Kind.REPEAT: _arrow, Kind.EINSUM: _einsum, Kind.EQUATION: _einsum,
    Kind.PACK: _pack, Kind.UNPACK: _unpack, Kind.PARSE_SHAPE: _parse_shape, Kind.ASNUMPY: _asnumpy,
}  # fmt: skip


def has_form(reading: Reading) -> bool:
    """Whether a reading is of a kind that has plain forms at all."""
    return reading.call.callee.kind in _FORMS and not reading.call.callee.layer
