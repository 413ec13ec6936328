"""Straight-line functions as expressions: `path.py::name`, every local name replaced by what it was given.

The file is read, never imported. Names are resolved through its imports as everywhere in einlint.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path

from einlint.names import Scope, scan
from einlint.project import Project
from einlint.resolution import Dotted, Resolver
from einlint.source import Source, read
from einlint.verification.problems import QuestionError

_MODULES = {"torch.nn.functional": "F", "torch": "torch", "numpy": "np", "math": "math", "einops": "einops"}
_LAYERS = "einops.layers.torch."


def is_function(text: str) -> bool:
    """Whether a side of the question names a function of a file."""
    path, separator, name = text.partition("::")
    return bool(separator) and path.endswith(".py") and name.isidentifier()


def both_inlined(a: str, b: str) -> tuple[str, str]:
    """The expressions that two functions return, over the parameters of the first. Raises QuestionError."""
    (first, left), (second, right) = inlined(a, None), inlined(b, None)
    if len(first) != len(second):
        raise QuestionError(f"`{a}` takes {len(first)} arguments and `{b}` takes {len(second)}")
    return left, inlined(b, first)[1] if first != second else right


def inlined(text: str, parameters: Sequence[str] | None) -> tuple[list[str], str]:
    """The parameters of a function, under the given names, and the expression it returns. Raises QuestionError."""
    path, _, name = text.partition("::")
    source = _source(path)
    found = [n for n in source.tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
    if len(found) != 1:
        raise QuestionError(f"`{path}` has {'no' if not found else 'more than one'} function `{name}`")
    own = _parameters(found[0], text)
    names = list(parameters or own)
    inliner = _Inliner(source, {o: ast.Name(n, ast.Load()) for o, n in zip(own, names, strict=True)})
    return names, ast.unparse(inliner.returned(found[0], text))


def _source(path: str) -> Source:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise QuestionError(f"cannot read `{path}`: {error.strerror}") from None
    source = read(data, path)
    if not isinstance(source, Source):
        raise QuestionError(f"`{path}`: {source.message}")
    return source


def _parameters(function: ast.FunctionDef, text: str) -> list[str]:
    arguments = function.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults:
        raise QuestionError(f"`{text}` must take plain positional arguments only")
    return [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]


class _Inliner(ast.NodeTransformer):
    """Replaces local names by their values and library names by the ones that questions use."""

    def __init__(self, source: Source, values: Mapping[str, ast.expr]) -> None:
        self._values = dict(values)
        self._module: Scope = scan(source.tree).module
        self._resolver = Resolver(Project(source.path), {})

    def returned(self, function: ast.FunctionDef, text: str) -> ast.expr:
        """The expression that the last statement returns."""
        for statement in function.body:
            if isinstance(statement, ast.Return) and statement.value is not None and statement is function.body[-1]:
                return self._expression(statement.value)
            self._statement(statement, text)
        raise QuestionError(f"`{text}` does not end with `return`")

    def _statement(self, statement: ast.stmt, text: str) -> None:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            return
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            self._bind(statement.targets[0], self._expression(statement.value), text)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            self._bind(statement.target, self._expression(statement.value), text)
        else:
            raise QuestionError(f"`{text}` is not straight-line code: row {statement.lineno}")

    def _bind(self, target: ast.expr, value: ast.expr, text: str) -> None:
        if isinstance(target, ast.Name):
            self._values[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)) and all(isinstance(e, ast.Name) for e in target.elts):
            if isinstance(value, ast.GeneratorExp):
                value = ast.ListComp(value.elt, value.generators)
            for index, element in enumerate(target.elts):
                self._bind(element, ast.Subscript(deepcopy(value), ast.Constant(index), ast.Load()), text)
        else:
            raise QuestionError(f"`{text}` assigns to more than names: row {target.lineno}")

    def _expression(self, node: ast.expr) -> ast.expr:
        replaced = self.visit(deepcopy(node))
        assert isinstance(replaced, ast.expr)
        return replaced

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._values:
            return deepcopy(self._values[node.id])
        return self._library(node) or node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self._library(node) or self.generic_visit(node)

    def _library(self, node: ast.expr) -> ast.expr | None:
        """The name that questions use for something of a library."""
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name) or root.id in self._values:
            return None
        referent = self._resolver.resolve(node, self._module)
        if not isinstance(referent, Dotted):
            return None
        if referent.name.startswith(_LAYERS):
            return ast.Name(referent.name.removeprefix(_LAYERS), ast.Load())
        module = next((m for m in _MODULES if referent.name == m or referent.name.startswith(f"{m}.")), None)
        if module is None:
            return None
        return ast.parse(_MODULES[module] + referent.name[len(module) :], mode="eval").body
