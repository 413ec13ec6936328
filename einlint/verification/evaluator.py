"""One evaluator for checked expressions; what the values are is the domain's business.

The concrete domain computes tensors in the worker, the symbolic one denotes index programs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from einlint.dimensions.steps import step
from einlint.verification import whitelist
from einlint.verification.expressions import OPERATORS, Expression, Refused, dotted, targets
from einlint.verification.limits import check_growth, check_length, check_range

Value = Any  # tuples, lists, dicts, slices and constants are Python's own, the rest is the domain's


class Domain(Protocol):
    """What an expression's names, operators and calls mean."""

    def name(self, identifier: str) -> Value: ...
    def constant(self, value: object) -> Value: ...
    def member(self, path: str) -> Value: ...
    def call(self, path: str, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value: ...
    def method(self, receiver: Value, name: str, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value: ...
    def attribute(self, receiver: Value, name: str) -> Value: ...
    def subscript(self, receiver: Value, index: Value) -> Value: ...
    def unary(self, operator: str, operand: Value) -> Value: ...
    def binary(self, operator: str, left: Value, right: Value) -> Value: ...
    def compare(self, operator: str, left: Value, right: Value) -> Value: ...
    def truth(self, value: Value) -> bool: ...
    def iterate(self, value: Value) -> Iterable[Value]: ...


def evaluate(expression: Expression, domain: Domain) -> Value:
    """The value of the expression in the domain; whatever the domain raises comes through."""
    return _Evaluation(domain, expression.tensors).value(expression.body)


class _Evaluation:
    def __init__(self, domain: Domain, tensors: frozenset[str]) -> None:
        self.domain = domain
        self.bound: frozenset[str] = tensors
        self.locals: dict[str, Value] = {}

    def value(self, node: ast.expr) -> Value:
        step()
        return _HANDLERS[type(node)](self, node)

    def constant(self, node: ast.Constant) -> Value:
        return self.domain.constant(node.value)

    def name(self, node: ast.Name) -> Value:
        if node.id in self.locals:
            return self.locals[node.id]
        if node.id in self.bound:
            return self.domain.name(node.id)
        return self.domain.member(whitelist.BARE[node.id])

    def attribute(self, node: ast.Attribute) -> Value:
        path = dotted(node, self.bound)
        if path is not None:
            return self.domain.member(path)
        return self.domain.attribute(self.value(node.value), node.attr)

    def call(self, node: ast.Call) -> Value:
        path = dotted(node.func, self.bound)
        if path is not None:
            args = self.items(node.args)
            if path == "builtins.range":
                check_range(args)
            return self.domain.call(path, args, self.keywords(node))
        if isinstance(node.func, ast.Attribute):
            receiver, name = self.value(node.func.value), node.func.attr
        else:
            receiver, name = self.value(node.func), "__call__"
        return self.domain.method(receiver, name, self.items(node.args), self.keywords(node))

    def items(self, nodes: Iterable[ast.expr]) -> list[Value]:
        found: list[Value] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                found.extend(self.domain.iterate(self.value(node.value)))
            else:
                found.append(self.value(node))
        return found

    def keywords(self, node: ast.Call) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            new = {keyword.arg: value} if keyword.arg is not None else value
            if not isinstance(new, dict) or not all(isinstance(key, str) for key in new):
                raise Refused("only a dict of names may follow `**`")
            if found.keys() & new.keys():
                raise TypeError("got multiple values for a keyword argument")
            found.update(new)
        if found.keys() & whitelist.REFUSED_KEYWORDS:
            raise Refused("the argument `out=` is not allowed")
        return found

    def tuple_(self, node: ast.Tuple) -> Value:
        return tuple(self.items(node.elts))

    def list_(self, node: ast.List) -> Value:
        return self.items(node.elts)

    def dict_(self, node: ast.Dict) -> Value:
        keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
        return dict(zip(keys, self.items(node.values), strict=True))

    def subscript(self, node: ast.Subscript) -> Value:
        return self.domain.subscript(self.value(node.value), self.value(node.slice))

    def slice_(self, node: ast.Slice) -> Value:
        return slice(*(None if part is None else self.value(part) for part in (node.lower, node.upper, node.step)))

    def unary(self, node: ast.UnaryOp) -> Value:
        operand = self.value(node.operand)
        if isinstance(node.op, ast.Not):
            return not self.domain.truth(operand)
        return self.domain.unary(OPERATORS[type(node.op)], operand)

    def binary(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        check_growth(OPERATORS[type(node.op)], left, right)
        return self.domain.binary(OPERATORS[type(node.op)], left, right)

    def boolean(self, node: ast.BoolOp) -> Value:
        stops_at = isinstance(node.op, ast.Or)
        for operand in node.values[:-1]:
            value = self.value(operand)
            if self.domain.truth(value) is stops_at:
                return value
        return self.value(node.values[-1])

    def compare(self, node: ast.Compare) -> Value:
        left, result = self.value(node.left), None
        for operator, right_node in zip(node.ops, node.comparators, strict=True):
            if result is not None and not self.domain.truth(result):
                return result
            right = self.value(right_node)
            result = self.domain.compare(OPERATORS[type(operator)], left, right)
            left = right
        return result

    def conditional(self, node: ast.IfExp) -> Value:
        return self.value(node.body if self.domain.truth(self.value(node.test)) else node.orelse)

    def comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> Value:
        """A list, and for a generator expression an iterator: what takes only sequences must refuse it."""
        generator = node.generators[0]
        names = targets(generator.target)
        values = list(self.domain.iterate(self.value(generator.iter)))
        check_length(len(values))
        outside, found = self.bound, []
        self.bound = self.bound | frozenset(names)
        for value in values:
            self.locals = self._bind(names, value, isinstance(generator.target, ast.Tuple))
            if all(self.domain.truth(self.value(test)) for test in generator.ifs):
                found.append(self.value(node.elt))
        self.bound, self.locals = outside, {}
        return found if isinstance(node, ast.ListComp) else iter(found)

    def _bind(self, names: Sequence[str], value: Value, unpacks: bool) -> dict[str, Value]:
        values = list(self.domain.iterate(value)) if unpacks else [value]
        if len(values) != len(names):
            raise ValueError(f"expected {len(names)} values to unpack, got {len(values)}")
        return dict(zip(names, values, strict=True))


_HANDLERS: dict[type[ast.expr], Callable[[_Evaluation, Any], Value]] = {
    ast.Constant: _Evaluation.constant, ast.Name: _Evaluation.name, ast.Attribute: _Evaluation.attribute,
    ast.Call: _Evaluation.call, ast.Tuple: _Evaluation.tuple_, ast.List: _Evaluation.list_,
    ast.Dict: _Evaluation.dict_, ast.Subscript: _Evaluation.subscript, ast.Slice: _Evaluation.slice_,
    ast.UnaryOp: _Evaluation.unary, ast.BinOp: _Evaluation.binary, ast.BoolOp: _Evaluation.boolean,
    ast.Compare: _Evaluation.compare, ast.IfExp: _Evaluation.conditional,
    ast.ListComp: _Evaluation.comprehension, ast.GeneratorExp: _Evaluation.comprehension,
}  # fmt: skip
