"""Straight-line functions as questions: `path.py::name` becomes the bindings of its body and the result it returns.

The file is read, never imported. Every local name gets one of its own, so no name is bound twice and none hides
another; names of libraries become the ones that questions use, and every other name is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from pathlib import Path

from einlint.names import BindingKind, Names
from einlint.project import Project
from einlint.resolution import Dotted, Resolver
from einlint.scopes import scan
from einlint.source import Source, read
from einlint.verification import whitelist
from einlint.verification.expressions import holds_iterator, number
from einlint.verification.problems import QuestionError

_MODULES = {"torch.nn.functional": "F", "torch": "torch", "numpy": "np", "math": "math", "einops": "einops"}
_LAYERS = "einops.layers.torch."
_IMPORTS = (BindingKind.MODULE, BindingKind.MEMBER)
_RESERVED = frozenset(whitelist.MODULES) | frozenset(whitelist.BARE)
_OF_REPORTS = frozenset({"print", "rng", "draw"})


def is_function(text: str) -> bool:
    """Whether a side of the question names a function of a file."""
    path, separator, name = text.partition("::")
    return bool(separator) and path.endswith(".py") and all(part.isidentifier() for part in name.split("."))


def both_as_text(a: str, b: str) -> tuple[str, str]:
    """Two functions as texts over the parameters of the first. Raises QuestionError."""
    (parameters, left), (others, _) = as_text(a, None), as_text(b, None)
    if len(parameters) != len(others):
        raise QuestionError(f"`{a}` takes {len(parameters)} arguments and `{b}` takes {len(others)}")
    return left, as_text(b, parameters)[1]


def as_text(text: str, parameters: Sequence[str] | None) -> tuple[list[str], str]:
    """The parameters of a function, under the given names, and its body, a statement a row. Raises QuestionError."""
    path, _, name = text.partition("::")
    if "." in name:
        raise QuestionError(f"`{name}` is a method: only functions of the module are compared")
    source = _source(path)
    names = scan(source.tree)
    function = _function(source, names, name)
    own = _parameters(function, text)
    given = list(parameters or own)
    if reserved := sorted(_RESERVED.intersection(given)):
        raise QuestionError(f"the parameter `{reserved[0]}` has the name of something of a library")
    return given, "\n".join(_Body(source, names, text, dict(zip(own, given, strict=False))).rows(function))


def _source(path: str) -> Source:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise QuestionError(f"cannot read `{path}`: {error.strerror}") from None
    source = read(data, path)
    if not isinstance(source, Source):
        raise QuestionError(f"`{path}`: {source.message}")
    return source


def _function(source: Source, names: Names, name: str) -> ast.FunctionDef:
    """The one definition of a name, which nothing else in the module binds."""
    found = [n for n in source.tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
    if not found:
        raise QuestionError(f"`{source.path}` has no function `{name}`")
    function = found[0]
    later = [star for star in names.module.stars if star.row > function.lineno]
    if len(names.module.bindings[name]) != 1 or later:
        raise QuestionError(f"`{source.path}` has more than one function `{name}`, or binds the name again")
    if function.decorator_list:
        raise QuestionError(f"`{name}` has a decorator, which may change what it does")
    return function


def _parameters(function: ast.FunctionDef, text: str) -> list[str]:
    arguments = function.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults:
        raise QuestionError(f"`{text}` must take plain positional arguments only")
    return [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]


class _Body(ast.NodeTransformer):
    """Writes the statements of a function with names that each are bound once."""

    def __init__(self, source: Source, names: Names, text: str, parameters: Mapping[str, str]) -> None:
        self._text = text
        self._names = names
        self._resolver = Resolver(Project(source.path), {})
        self._values: dict[str, ast.expr] = {own: ast.Name(name, ast.Load()) for own, name in parameters.items()}
        self._taken = {*parameters.values()}
        self._assigned: frozenset[str] = frozenset()

    def rows(self, function: ast.FunctionDef) -> list[str]:
        """The bindings, in order, and the expression that is returned."""
        self._assigned = _assigned(function.body)
        *statements, last = function.body
        if not isinstance(last, ast.Return) or last.value is None:
            raise QuestionError(f"`{self._text}` does not end with `return`")
        rows = [row for statement in statements for row in self._statement(statement)]
        return [*rows, ast.unparse(self._value(last.value))]

    def _statement(self, statement: ast.stmt) -> list[str]:
        if isinstance(statement, ast.Expr):
            if isinstance(statement.value, ast.Constant):
                return []
            return [f"{self._fresh('unused')} = {ast.unparse(self._value(statement.value))}"]
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            return self._bound(statement.targets[0], statement.value)
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            return self._bound(statement.target, statement.value)
        raise QuestionError(f"`{self._text}` is not straight-line code: row {statement.lineno}")

    def _bound(self, target: ast.expr, value: ast.expr) -> list[str]:
        names = [target] if isinstance(target, ast.Name) else getattr(target, "elts", [])
        own = [name.id for name in names if isinstance(name, ast.Name)]
        if not own or len(own) != len(names) or len({*own}) != len(own):
            raise QuestionError(f"`{self._text}` assigns to more than names: row {target.lineno}")
        if isinstance(target, ast.Name):
            return self._each(own, [self._value(value)])
        if _is_plain(value, len(own)):
            return self._each(own, [self._value(item) for item in getattr(value, "elts", [])])
        text = ast.unparse(self._value(value, unpacks=True))
        fresh = [self._renamed(name) for name in own]
        return [f"({', '.join(fresh)},) = {text}"]

    def _each(self, own: Sequence[str], values: Sequence[ast.expr]) -> list[str]:
        """Bindings one by one; numbers stand where they are used, so that sizes around them are tested."""
        rows = []
        for name, value in zip(own, values, strict=True):
            if number(value) is not None:
                self._values[name] = value
            else:
                rows.append(f"{self._renamed(name)} = {ast.unparse(value)}")
        return rows

    def _renamed(self, own: str) -> str:
        fresh = self._fresh(own)
        self._values[own] = ast.Name(fresh, ast.Load())
        return fresh

    def _fresh(self, name: str) -> str:
        fresh, count = name, 1
        while fresh in self._taken or fresh in _RESERVED or fresh in _OF_REPORTS:
            count += 1
            fresh = f"{name}_{count}"
        self._taken.add(fresh)
        return fresh

    def _value(self, node: ast.expr, unpacks: bool = False) -> ast.expr:
        value: ast.expr = self.visit(deepcopy(node))
        if holds_iterator(value, self._taken, unpacks):
            raise QuestionError(f"`{self._text}` keeps an iterator, which can be read only once: row {node.lineno}")
        return value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._values:
            return deepcopy(self._values[node.id])
        return self._library(node, node.id)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and root.id not in self._values:
            return self._library(node, root.id)
        return self.generic_visit(node)

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self._comprehension(node)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> ast.AST:
        outside = dict(self._values)
        for generator in node.generators:
            generator.iter = self.visit(generator.iter)
            for name in [n for n in ast.walk(generator.target) if isinstance(n, ast.Name)]:
                name.id = self._renamed(name.id)
            generator.ifs = [self.visit(test) for test in generator.ifs]
        node.elt = self.visit(node.elt)
        self._values = outside
        return node

    def _library(self, node: ast.expr, root: str) -> ast.expr:
        """The name that questions use for something of a library. Raises QuestionError for any other."""
        if root in self._assigned:
            raise QuestionError(f"`{self._text}` reads `{root}` before it is assigned: row {node.lineno}")
        path = self._path(node, root)
        if path is None:
            raise QuestionError(
                f"`{ast.unparse(node)}` in `{self._text}` is nothing of torch, numpy, math or einops: row {node.lineno}"
            )
        return ast.parse(path, mode="eval").body

    def _path(self, node: ast.expr, root: str) -> str | None:
        module = self._names.module
        bindings = module.bindings.get(root, [])
        if not bindings and not module.stars:
            return root if isinstance(node, ast.Name) and whitelist.BARE.get(root) == f"builtins.{root}" else None
        if any(b.fallback or (b.kind not in _IMPORTS and len(bindings) > 1) for b in bindings):
            return None
        if bindings and any(star.row > max(b.row for b in bindings) for star in module.stars):
            return None
        referent = self._resolver.resolve(node, module)
        if not isinstance(referent, Dotted) or referent.name.rpartition(".")[2] in self._names.foreign_attributes:
            return None
        if referent.name.startswith(_LAYERS):
            return referent.name.removeprefix(_LAYERS)
        library = next((m for m in _MODULES if referent.name == m or referent.name.startswith(f"{m}.")), None)
        return None if library is None else _MODULES[library] + referent.name[len(library) :]


def _is_plain(value: ast.expr, count: int) -> bool:
    """Whether a value is written as that many items."""
    items = getattr(value, "elts", [])
    is_written = isinstance(value, (ast.Tuple, ast.List)) and len(items) == count
    return is_written and not any(isinstance(item, ast.Starred) for item in items)


def _assigned(statements: Collection[ast.stmt]) -> frozenset[str]:
    """The local names of a function: Python takes them for local on every row."""
    targets = [
        target
        for statement in statements
        if isinstance(statement, (ast.Assign, ast.AnnAssign))
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
    ]
    return frozenset(node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))
