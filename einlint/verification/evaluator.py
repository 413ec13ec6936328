"""One evaluator for checked expressions; what the values are is the domain's business.

The concrete domain computes tensors in the worker, the symbolic one denotes index programs. A tree is walked once:
what comes of it is a function of the domain, which runs for every size and data.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from einlint.dimensions.steps import step
from einlint.verification import whitelist
from einlint.verification.expressions import OPERATORS, Binding, Expression, Refused, dotted, targets
from einlint.verification.limits import check_growth, check_length, check_range

Value = Any  # tuples, lists, dicts, slices and constants are Python's own, the rest is the domain's


class Miscounted(ValueError):
    """Another number of items is unpacked than there are names."""


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


Scope = Mapping[str, Value]  # the names that bindings and comprehensions bind
Run = Callable[[Domain, Scope], Value]


def evaluate(expression: Expression, domain: Domain) -> Value:
    """The value of the expression in the domain; whatever the domain raises comes through."""
    return _compiled(expression)(domain, {})


@lru_cache(maxsize=256)
def _compiled(expression: Expression) -> Run:
    compiler = _Compiler(expression.tensors)
    if not expression.bindings:
        return compiler.run(expression.body)
    each = [(binding, compiler.bound_value(binding)) for binding in expression.bindings]
    result = compiler.run(expression.body)

    def in_order(domain: Domain, scope: Scope) -> Value:
        known = dict(scope)
        for binding, run in each:
            known.update(_bound(domain, binding.names, run(domain, known), binding.unpacks))
        return result(domain, known)

    return in_order


class _Compiler:
    """Nodes -> functions; which names are tensors, and which are bound here, is known beforehand."""

    def __init__(self, tensors: frozenset[str]) -> None:
        self.bound = tensors
        self.local: frozenset[str] = frozenset()

    def run(self, node: ast.expr) -> Run:
        return _HANDLERS[type(node)](self, node)

    def bound_value(self, binding: Binding) -> Run:
        """The value; what follows may read its names."""
        run = self.run(binding.value)
        self.bound, self.local = self.bound | {*binding.names}, self.local | {*binding.names}
        return run

    def optional(self, node: ast.expr | None) -> Run:
        return self.run(node) if node is not None else lambda domain, scope: None

    def constant(self, node: ast.Constant) -> Run:
        value = node.value
        return lambda domain, scope: domain.constant(value)

    def name(self, node: ast.Name) -> Run:
        name = node.id
        if name in self.local:
            return lambda domain, scope: scope[name]
        if name in self.bound:
            return lambda domain, scope: domain.name(name)
        path = whitelist.BARE[name]
        return lambda domain, scope: domain.member(path)

    def attribute(self, node: ast.Attribute) -> Run:
        path, name = dotted(node, self.bound), node.attr
        if path is not None:
            return lambda domain, scope: domain.member(path)
        receiver = self.run(node.value)
        return lambda domain, scope: domain.attribute(receiver(domain, scope), name)

    def call(self, node: ast.Call) -> Run:
        path = dotted(node.func, self.bound)
        items, keywords = self.items(node.args), self.keywords(node.keywords)
        if path is not None:
            return _function(path, items, keywords)
        if isinstance(node.func, ast.Attribute):
            receiver, name = self.run(node.func.value), node.func.attr
        else:
            receiver, name = self.run(node.func), "__call__"

        def method(domain: Domain, scope: Scope) -> Value:
            step()
            return domain.method(receiver(domain, scope), name, items(domain, scope), keywords(domain, scope))

        return method

    def items(self, nodes: Sequence[ast.expr]) -> Callable[[Domain, Scope], list[Value]]:
        if not any(isinstance(node, ast.Starred) for node in nodes):
            runs = [self.run(node) for node in nodes]
            return lambda domain, scope: [run(domain, scope) for run in runs]
        each = [
            (isinstance(node, ast.Starred), self.run(node.value if isinstance(node, ast.Starred) else node))
            for node in nodes
        ]

        def unpacked(domain: Domain, scope: Scope) -> list[Value]:
            found: list[Value] = []
            for is_starred, run in each:
                value = run(domain, scope)
                found.extend(domain.iterate(value) if is_starred else (value,))
            return found

        return unpacked

    def keywords(self, nodes: Sequence[ast.keyword]) -> Callable[[Domain, Scope], dict[str, Value]]:
        each = [(keyword.arg, self.run(keyword.value)) for keyword in nodes]
        if not each:
            return lambda domain, scope: {}

        def named(domain: Domain, scope: Scope) -> dict[str, Value]:
            found: dict[str, Value] = {}
            for name, run in each:
                value = run(domain, scope)
                new = {name: value} if name is not None else value
                if not isinstance(new, dict) or not all(isinstance(key, str) for key in new):
                    raise Refused("only a dict of names may follow `**`")
                if found.keys() & new.keys():
                    raise TypeError("got multiple values for a keyword argument")
                found.update(new)
            if found.keys() & whitelist.REFUSED_KEYWORDS:
                raise Refused("the argument `out=` is not allowed")
            return found

        return named

    def tuple_(self, node: ast.Tuple) -> Run:
        items = self.items(node.elts)
        return lambda domain, scope: tuple(items(domain, scope))

    def list_(self, node: ast.List) -> Run:
        return self.items(node.elts)

    def dict_(self, node: ast.Dict) -> Run:
        keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
        items = self.items(node.values)
        return lambda domain, scope: dict(zip(keys, items(domain, scope), strict=True))

    def subscript(self, node: ast.Subscript) -> Run:
        receiver, index = self.run(node.value), self.run(node.slice)
        return lambda domain, scope: domain.subscript(receiver(domain, scope), index(domain, scope))

    def slice_(self, node: ast.Slice) -> Run:
        lower, upper, stride = (self.optional(part) for part in (node.lower, node.upper, node.step))
        return lambda domain, scope: slice(lower(domain, scope), upper(domain, scope), stride(domain, scope))

    def unary(self, node: ast.UnaryOp) -> Run:
        operand, operator = self.run(node.operand), OPERATORS[type(node.op)]
        if isinstance(node.op, ast.Not):
            return lambda domain, scope: not domain.truth(operand(domain, scope))
        return lambda domain, scope: domain.unary(operator, operand(domain, scope))

    def binary(self, node: ast.BinOp) -> Run:
        left, right, operator = self.run(node.left), self.run(node.right), OPERATORS[type(node.op)]

        def computed(domain: Domain, scope: Scope) -> Value:
            step()
            one, other = left(domain, scope), right(domain, scope)
            check_growth(operator, one, other)
            return domain.binary(operator, one, other)

        return computed

    def boolean(self, node: ast.BoolOp) -> Run:
        stops_at = isinstance(node.op, ast.Or)
        *first, last = map(self.run, node.values)

        def decided(domain: Domain, scope: Scope) -> Value:
            for run in first:
                value = run(domain, scope)
                if domain.truth(value) is stops_at:
                    return value
            return last(domain, scope)

        return decided

    def compare(self, node: ast.Compare) -> Run:
        first = self.run(node.left)
        others = [(OPERATORS[type(op)], self.run(right)) for op, right in zip(node.ops, node.comparators, strict=True)]

        def compared(domain: Domain, scope: Scope) -> Value:
            left, result = first(domain, scope), None
            for operator, run in others:
                if result is not None and not domain.truth(result):
                    return result
                right = run(domain, scope)
                result = domain.compare(operator, left, right)
                left = right
            return result

        return compared

    def conditional(self, node: ast.IfExp) -> Run:
        test, body, orelse = map(self.run, (node.test, node.body, node.orelse))
        return lambda domain, scope: (body if domain.truth(test(domain, scope)) else orelse)(domain, scope)

    def comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> Run:
        """A list, and for a generator expression an iterator: what takes only sequences must refuse it."""
        generator = node.generators[0]
        names, unpacks = targets(generator.target), isinstance(generator.target, ast.Tuple)
        iterated = self.run(generator.iter)
        outside = self.bound, self.local
        self.bound, self.local = self.bound | {*names}, self.local | {*names}
        element, tests = self.run(node.elt), [self.run(test) for test in generator.ifs]
        self.bound, self.local = outside
        is_list = isinstance(node, ast.ListComp)

        def listed(domain: Domain, scope: Scope) -> Value:
            values, found = list(domain.iterate(iterated(domain, scope))), []
            check_length(len(values))
            for value in values:
                step()
                inner = {**scope, **_bound(domain, names, value, unpacks)}
                if all(domain.truth(test(domain, inner)) for test in tests):
                    found.append(element(domain, inner))
            return found if is_list else iter(found)

        return listed


def _function(
    path: str, items: Callable[[Domain, Scope], list[Value]], keywords: Callable[[Domain, Scope], dict[str, Value]]
) -> Run:
    is_range = path == "builtins.range"

    def function(domain: Domain, scope: Scope) -> Value:
        step()
        args = items(domain, scope)
        if is_range:
            check_range(args)
        return domain.call(path, args, keywords(domain, scope))

    return function


def _bound(domain: Domain, names: Sequence[str], value: Value, unpacks: bool) -> Scope:
    values = list(domain.iterate(value)) if unpacks else [value]
    if len(values) != len(names):
        raise Miscounted(f"expected {len(names)} values to unpack, got {len(values)}")
    return dict(zip(names, values, strict=True))


_HANDLERS: dict[type[ast.expr], Callable[[_Compiler, Any], Run]] = {
    ast.Constant: _Compiler.constant, ast.Name: _Compiler.name, ast.Attribute: _Compiler.attribute,
    ast.Call: _Compiler.call, ast.Tuple: _Compiler.tuple_, ast.List: _Compiler.list_,
    ast.Dict: _Compiler.dict_, ast.Subscript: _Compiler.subscript, ast.Slice: _Compiler.slice_,
    ast.UnaryOp: _Compiler.unary, ast.BinOp: _Compiler.binary, ast.BoolOp: _Compiler.boolean,
    ast.Compare: _Compiler.compare, ast.IfExp: _Compiler.conditional,
    ast.ListComp: _Compiler.comprehension, ast.GeneratorExp: _Compiler.comprehension,
}  # fmt: skip
