"""New text for code that has the wrong data, each with the question whether it gives the intended order.

The intended order is always written in another way than the new text: as a pattern of einops where the text is plain,
as plain code where the text is a pattern. `einlint/fixes.py` asks, and makes no fix of what is not proved or tested.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from typing import Any

from einlint.calls import Reading
from einlint.dimensions import Dim
from einlint.dimensions.dim import Quotient, product, symbol
from einlint.findings import Intent, Repair, Safety, Span
from einlint.patterns.model import Group
from einlint.shapes.objects import Step
from einlint.silent.written import others_of
from einlint.source import Source
from einlint.verification.fields import question_fields

Lengths = Sequence[Dim]


def repair(span: Span, content: str, question: Mapping[str, Any]) -> Intent:
    """The intent to write this instead of what is there: values change, so a human asks for it."""
    return Intent("repair", span, Safety.UNSAFE, repair=Repair(content, json.dumps(question)))


def suggested(intent: Intent | None) -> str:
    """The end of a message that suggests a repair, empty where there is none."""
    return f"; did you mean `{intent.repair.content}`?" if intent is not None and intent.repair is not None else ""


def text_of(source: Source, node: ast.AST) -> str | None:
    """An expression as it is written, where it stands in the file as such, on one line."""
    if not isinstance(node, ast.expr):
        return None
    (row, first), (last, end) = source.span(node)
    text = source.lines[row - 1][first - 1 : end - 1] if row == last else ""
    try:
        written = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return None
    return text if ast.dump(written) == ast.dump(node) else None


def framework_of(step: Step) -> str:
    """`torch` or `numpy`, empty where the code does not say."""
    if step.what.startswith(("Tensor.", "torch.")):
        return "torch"
    if step.what.startswith(("ndarray.", "numpy.")):
        return "numpy"
    return next((tensor.framework for tensor in step.operands if tensor.framework in ("torch", "numpy")), "")


class Question:
    """The fields of `einlint equiv`, filled step by step: symbols become `s0`, `s1`..., lengths those of vectors."""

    def __init__(self, framework: str) -> None:
        self._framework = framework or "torch"
        self._symbols: dict[str, str] = {}
        self._tensors: dict[str, str] = {}
        self._constraints: list[str] = []

    def tensor(self, name: str, shape: Lengths) -> None:
        """A tensor of this shape. Raises ValueError for lengths that are no products."""
        self._tensors[name] = " ".join(self._described(f"{name}_{place}", size) for place, size in enumerate(shape))

    def _described(self, name: str, size: Dim) -> str:
        factors = self._factors(size)
        if len(factors) == 1:
            return factors[0]
        if not factors:
            return "1"
        self._constraints.append(f"{name} = {' * '.join(factors)}")
        return name

    def _factors(self, size: Dim) -> list[str]:
        if len(size.terms) != 1:
            raise ValueError(size)
        ((monomial, coefficient),) = size.terms
        found = [] if coefficient == 1 else [str(coefficient)]
        for atom, power in monomial:
            if not isinstance(atom, str):
                raise ValueError(size)
            found += [self._symbols.setdefault(atom, f"s{len(self._symbols)}")] * power
        return found

    def length(self, size: Dim) -> str:
        """A length as code of the question. Raises ValueError for one that is no product."""
        parts = []
        for factor in self._factors(size):
            if factor.isdecimal():
                parts.append(factor)
            else:
                self._tensors.setdefault(f"n_{factor}", factor)
                parts.append(f"n_{factor}.shape[0]")
        return " * ".join(parts) or "1"

    def asking(self, intended: str, new: str) -> dict[str, Any]:
        """The question whether new code gives what is intended."""
        return question_fields(self._framework, [self._tensors], intended, new, self._constraints)


def whole_products(shapes: Sequence[Lengths]) -> list[list[Dim]] | None:
    """Shapes of which divisions are exact, with those carried out: a length `D` that is divided by `h` is `h * q`.

    None where a length is no product of symbols and numbers even then.
    """
    found = [list(shape) for shape in shapes]
    for _ in range(4):
        quotient = next((atom for shape in found for size in shape for atom in _quotients(size)), None)
        if quotient is None:
            products = all(len(size.terms) == 1 for shape in found for size in shape)
            return found if products else None
        name = quotient.numerator.name
        if name is None or name in quotient.denominator.symbols:
            return None
        values = {name: quotient.denominator * symbol(f"{name}/")}
        found = [[size.subs(values) for size in shape] for shape in found]
    return None


def _quotients(size: Dim) -> list[Quotient]:
    return [atom for monomial, _ in size.terms for atom, _ in monomial if isinstance(atom, Quotient)]


LETTERS = "abcdefghijklmnopqrstuvwxyz"


def pattern_of(groups: Sequence[Sequence[int]]) -> str:
    """One side of a pattern, of groups of elementary axes by their numbers."""
    texts = [" ".join(LETTERS[at] for at in group) for group in groups]
    pairs = zip(texts, groups, strict=True)
    return " ".join(text if len(group) == 1 else f"({text})" if group else "1" for text, group in pairs)


def pattern_repair(reading: Reading, start: int, end: int, content: str, question: Mapping[str, Any]) -> Intent | None:
    """The repair of a part of a pattern; None where that is not written as such in one piece."""
    span = reading.span(start, end)
    (row, first), (last, stop) = span
    lines = reading.call.source.lines
    if row != last or lines[row - 1][first - 1 : stop - 1] != reading.pattern.text[start:end]:
        return None
    return repair(span, content, question)


def cloned(source: Source, node: ast.expr, framework: str) -> Intent | None:
    """The repair that copies a value before it is written to: its values stay."""
    text = text_of(source, node)
    if text is None or not isinstance(node, (ast.Call, ast.Name, ast.Attribute, ast.Subscript)) or not framework:
        return None
    method = "copy" if framework == "numpy" else "clone"
    question = Question(framework)
    question.tensor("x", [symbol("a"), symbol("b")])
    same = "rearrange(x, 'a b -> b a')"
    return repair(source.span(node), f"{text}.{method}()", question.asking(same, f"{same}.{method}()"))


def regrouped(reading: Reading, group: Group, order: Sequence[str]) -> Intent | None:
    """The repair of a group whose axes stand in another order: splitting and merging leave all in place."""
    if any(axis.is_number for axis in group.axes) or len(order) > len(LETTERS):
        return None
    letters = LETTERS[: len(order)]
    question = Question("torch")
    question.tensor("x", [product(map(symbol, letters))])
    given = "".join(f", {each}={question.length(symbol(each))}" for each in letters[1:])
    together, apart = f"({' '.join(letters)})", " ".join(letters)
    new = f"rearrange(rearrange(x, '{together} -> {apart}'{given}), '{apart} -> {together}')"
    return pattern_repair(reading, group.start, group.end, f"({' '.join(order)})", question.asking("x", new))


def along_another(source: Source, step: Step, call: str, place: int, new: int) -> Intent | None:
    """The repair of a dimension that a call is given: `call` is the code of the question, with `{}` for the number."""
    node = given_dimension(step)
    rank = len(step.operands[0].dims) if step.operands else 0
    if node is None or not rank <= len(LETTERS) or text_of(source, node) is None:
        return None
    content = str(new - rank if isinstance(node, ast.UnaryOp) else new)
    names = list(LETTERS[:rank])
    moved = [each for at, each in enumerate(names) if at != new] + [names[new]]
    question = Question(framework_of(step))
    question.tensor("x", [symbol(each) for each in names])
    there = f"rearrange(x, '{' '.join(names)} -> {' '.join(moved)}')"
    intended = f"rearrange({call.format(there, -1)}, '{' '.join(moved)} -> {' '.join(names)}')"
    return repair(source.span(node), content, question.asking(intended, call.format("x", content)))


def given_dimension(step: Step) -> ast.expr | None:
    """The one number that a call is given as its dimension, as it is written."""
    call = step.node
    if not isinstance(call, ast.Call) or step.layer is not None or step.reading is not None:
        return None
    named = next((each.value for each in call.keywords if each.arg in ("dim", "axis")), None)
    node = named if named is not None else next(iter(others_of(step, call)), None)
    number = node.operand if isinstance(node, ast.UnaryOp) else node
    return node if isinstance(number, ast.Constant) and type(number.value) is int else None
