"""Rewrites of rearranges to simpler rearranges."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import libcst as cst

from einlint.calls import Reading
from einlint.findings import Edit, Safety
from einlint.patterns.expressions import parse_arrow
from einlint.rewrites.chain import chain_of
from einlint.rewrites.locate import has_comment
from einlint.rewrites.question import canonical, pattern_text, question, size_of
from einlint.rewrites.rewrite import Refusal, Rewrite, builds
from einlint.rewrites.surroundings import Site

_NOTHING = cst.Module([])


@builds("chained-rearrange")
def merge(site: Site) -> Rewrite:
    """`rearrange(rearrange(x, p), q)` into one."""
    reading, node = site.reading, site.node
    chain, inner = chain_of(reading), node.args[0].value if node.args else None
    if chain is None or not isinstance(inner, cst.Call) or reading.inner is None:
        raise Refusal("the calls are not two rearranges in a row")
    if has_comment(node):
        raise Refusal("a comment inside the call would be lost")
    written = {**_keywords(inner), **_keywords(node)}
    lengths = [_length(name, text, written) for name, text in chain.lengths.items()]
    pattern = cst.Arg(cst.SimpleString(_quoted(chain.pattern, node)))
    args = _separated([cst.Arg(_operand(inner)), pattern, *lengths])
    new = node.with_changes(args=args, lpar=[], rpar=[], whitespace_before_args=cst.SimpleWhitespace(""))
    stand_ins = _StandIns()
    a = f"rearrange({stand_ins.call('x', reading.inner)}, {stand_ins.rest(reading)})"
    b = stand_ins.written("x", chain.pattern, chain.lengths)
    asked = _question(reading.inner, stand_ins, a, b)
    return Rewrite("Merge into one `rearrange`", (Edit(site.call.whole, _code(new)),), Safety.SAFE, asked)


@builds("identity-rearrange")
def remove(site: Site) -> Rewrite:
    """A rearrange that changes nothing into its operand. It also stacked a list and checked the rank."""
    node = site.node
    if has_comment(node):
        raise Refusal("a comment inside the call would be lost")
    stand_ins = _StandIns()
    asked = _question(site.reading, stand_ins, stand_ins.call("x", site.reading), "x")
    operand = _operand(node)
    bare = isinstance(operand, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)) or operand.lpar
    code = _code(operand) if bare else f"({_code(operand)})"
    return Rewrite("Remove the `rearrange`", (Edit(site.call.whole, code),), Safety.UNSAFE, asked)


def _operand(node: cst.Call) -> cst.BaseExpression:
    first = node.args[0] if node.args else None
    if first is None or first.keyword is not None or first.star:
        raise Refusal("the tensor is not the first positional argument")
    return first.value


def _keywords(node: cst.Call) -> dict[str, cst.Arg]:
    return {arg.keyword.value: arg for arg in node.args if arg.keyword is not None}


def _length(name: str, text: str, written: Mapping[str, cst.Arg]) -> cst.Arg:
    """The length as it is written now, where it is, else new."""
    found = written.get(name)
    if found is not None and _code(found.value) == text:
        return found
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return cst.Arg(cst.parse_expression(text), keyword=cst.Name(name), equal=equal)


def _separated(args: list[cst.Arg]) -> list[cst.Arg]:
    """Arguments on one line."""
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    plain = [arg.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace("")) for arg in args]
    return [*plain[:-1], plain[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)]


def _quoted(pattern: str, node: cst.Call) -> str:
    """The pattern in the quotes of the call's own pattern."""
    strings = (arg.value for arg in node.args if isinstance(arg.value, cst.SimpleString))
    quote = next((string.quote for string in strings), "'")
    return f"{quote[:1]}{pattern}{quote[:1]}"


def _code(node: cst.CSTNode) -> str:
    return _NOTHING.code_for_node(node)


class _StandIns:
    """Placeholders for lengths by their source, as the lengths of the axes of two calls are written."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    @property
    def all(self) -> list[str]:
        return list(self._names.values())

    def of(self, source: str) -> str:
        """A number, or a placeholder."""
        if source.isdecimal():
            return source
        return self._names.setdefault(source, f"n{len(self._names) + 1}")

    def lengths(self, reading: Reading) -> dict[str, str]:
        return {axis: self.of(ast.unparse(length.value)) for axis, length in reading.call.lengths.items()}

    def rest(self, reading: Reading) -> str:
        """The pattern and lengths of a call."""
        names = canonical(reading.pattern)
        keywords = "".join(f", {names[axis]}={size_of(text)}" for axis, text in self.lengths(reading).items())
        return f"{pattern_text(reading.pattern, names)!r}{keywords}"

    def call(self, operand: str, reading: Reading) -> str:
        return f"rearrange({operand}, {self.rest(reading)})"

    def written(self, operand: str, pattern: str, lengths: Mapping[str, str]) -> str:
        """A call with lengths by their source."""
        read = parse_arrow(pattern)
        names = canonical(read)
        keywords = "".join(f", {names[axis]}={size_of(self.of(text))}" for axis, text in lengths.items())
        return f"rearrange({operand}, {pattern_text(read, names)!r}{keywords})"


def _question(reading: Reading, stand_ins: _StandIns, a: str, b: str) -> dict[str, object]:
    lengths = stand_ins.lengths(reading)
    named = {text for text in stand_ins.all if text in a or text in b}
    asked = question("torch", {"x": reading.pattern.inputs[0]}, lengths, canonical(reading.pattern), a, b)
    for form in (asked["tensors"], *asked["tensors_alt"]):
        form.update({name: name for name in sorted(named)})
    return asked
