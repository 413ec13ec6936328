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
from einlint.rewrites.lists import is_list
from einlint.rewrites.lowering import Lowered, Style, lower_rearrange, lower_reduce, lower_repeat
from einlint.rewrites.question import canonical, pattern_text, question, size_of
from einlint.rewrites.rewrite import Refusal
from einlint.rewrites.surroundings import Site

_LISTED = ("x1", "x2", "x3")
"""What a list whose length is not known is in a question."""


@dataclass(frozen=True)
class Form:
    """The plain form of a call over placeholders.

    `arguments` are in the order of evaluation; `lengths` are placeholders or numbers by axis.
    """

    lowered: Lowered
    arguments: Sequence[Argument]
    lengths: Mapping[str, str]
    question: Mapping[str, Any]


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
    for axis, length in names.site.call.lengths.items():
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
    return Form(lowered, names.in_order, names.lengths, asked)


def reduction_of(site: Site) -> str:
    """The one reduction of a reduce. Raises Refusal where it is not a text."""
    texts = {text.value for text in site.call.reductions}
    if len(texts) != 1:
        raise Refusal("the reduction is not written at the call")
    return texts.pop()


def _asked(lowered: Lowered, names: Placeholders, operands: Mapping[str, str]) -> str:
    """The plain form as the question has it."""
    from einlint.rewrites.substitution import Code, substituted

    codes = {text: Code(size_of(text)) for text in names.lengths.values() if not text.isdecimal()}
    return substituted(lowered.expression, codes | {name: Code(code) for name, code in operands.items()})


_FORMS: dict[Kind, Callable[[Site, Style], Form]] = {
    Kind.REARRANGE: _arrow, Kind.REDUCE: _arrow, Kind.REPEAT: _arrow,
}  # fmt: skip


def has_form(reading: Reading) -> bool:
    """Whether a reading is of a kind that has plain forms at all."""
    return reading.call.callee.kind in _FORMS
