"""Rewrites of rearranges to simpler rearranges."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

import libcst as cst

from einlint.calls import Reading
from einlint.findings import Safety
from einlint.patterns.model import Group
from einlint.rewrites.chain import chain_of
from einlint.rewrites.locate import has_comment
from einlint.rewrites.rewrite import Refusal, Rewrite, builds

_NOTHING = cst.Module([])


@builds("chained-rearrange")
def merge(reading: Reading, node: cst.Call) -> Rewrite:
    """`rearrange(rearrange(x, p), q)` into one."""
    chain, inner = chain_of(reading), node.args[0].value if node.args else None
    if chain is None or not isinstance(inner, cst.Call) or reading.inner is None:
        raise Refusal("the calls are not two rearranges in a row")
    if has_comment(node):
        raise Refusal("a comment inside the call would be lost")
    operand = _operand(inner)
    written = {**_keywords(inner), **_keywords(node)}
    lengths = [_length(name, text, written) for name, text in chain.lengths.items()]
    pattern = cst.Arg(cst.SimpleString(_quoted(chain.pattern, node)))
    args = _separated([cst.Arg(operand), pattern, *lengths])
    new = node.with_changes(args=args, lpar=[], rpar=[], whitespace_before_args=cst.SimpleWhitespace(""))
    question = _question(reading.inner, f"rearrange(rearrange(x, {_call(reading.inner)}), {_call(reading)})")
    keywords = "".join(f", {name}={_stand_in(text)}" for name, text in chain.lengths.items())
    question["b"] = f"rearrange(x, {chain.pattern!r}{keywords})"
    return Rewrite("Merge into one `rearrange`", _code(new), Safety.SAFE, question)


@builds("identity-rearrange")
def remove(reading: Reading, node: cst.Call) -> Rewrite:
    """A rearrange that changes nothing into its operand. It also stacked a list and checked the rank."""
    if has_comment(node):
        raise Refusal("a comment inside the call would be lost")
    question = _question(reading, f"rearrange(x, {_call(reading)})")
    question["b"] = "x"
    operand = _operand(node)
    bare = isinstance(operand, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)) or operand.lpar
    code = _code(operand) if bare else f"({_code(operand)})"
    return Rewrite("Remove the `rearrange`", code, Safety.UNSAFE, question)


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


def _call(reading: Reading) -> str:
    """Pattern and lengths of a reading, lengths that are not numbers replaced by sizes of fresh tensors."""
    lengths = {name: _code_of(reading, name) for name in reading.call.lengths}
    return repr(reading.pattern.text) + "".join(f", {name}={_stand_in(text)}" for name, text in lengths.items())


def _code_of(reading: Reading, name: str) -> str:
    return ast.unparse(reading.call.lengths[name].value)


def _stand_in(text: str) -> str:
    return text if text.isdecimal() else f"{_tensor(text)}.shape[0]"


def _tensor(text: str) -> str:
    return "size_" + "".join(c if c.isalnum() else "_" for c in text)


def _question(reading: Reading, a: str) -> dict[str, object]:
    """The question's tensors: `x` with the dimensions of the pattern, and one tensor for each length.

    An ellipsis is tried as no, one and two dimensions.
    """
    groups = reading.pattern.inputs[0].groups
    sources = {name: _code_of(reading, name) for name in reading.call.lengths}
    constraints = [text for k, group in enumerate(groups) if (text := _constraint(k, group, sources))]
    dims = [_dimension(k, group, sources) for k, group in enumerate(groups)]
    ranks = (("e1",), (), ("e1", "e2")) if "..." in dims else ((),)
    shapes = [" ".join(n for d in dims for n in (rank if d == "..." else (d,))) for rank in ranks]
    sizes = {name: name for name in sorted(set(re.findall(r"\bsize_\w+", a)))}
    first, *others = ({"x": shape, **sizes} for shape in shapes)
    return {"id": a, "framework": "torch", "tensors": first, "tensors_alt": others, "constraints": constraints, "a": a}


def _factors(group: Group, sources: Mapping[str, str]) -> list[str]:
    return [_factor(axis.name, sources) for axis in group.axes]


def _factor(name: str, sources: Mapping[str, str]) -> str:
    text = sources.get(name)
    if text is None:
        return name if name == "..." else f"axis_{name}"
    return text if text.isdecimal() else _tensor(text)


def _dimension(position: int, group: Group, sources: Mapping[str, str]) -> str:
    """The size of one dimension: a name where it is the product of several axes."""
    factors = _factors(group, sources)
    return f"dim_{position}" if len(factors) > 1 else factors[0] if factors else "1"


def _constraint(position: int, group: Group, sources: Mapping[str, str]) -> str | None:
    factors = _factors(group, sources)
    return f"dim_{position} = {' * '.join(factors)}" if len(factors) > 1 else None
