"""What is around the nodes of a file: parents, statements, the names that are taken."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import libcst as cst

from einlint.calls import Call, CallFinder, Reading
from einlint.findings import Span
from einlint.source import Source, line_ends

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Surroundings:
    """One file, read once for all its rewrites."""

    def __init__(self, source: Source, text: str, finder: CallFinder) -> None:
        self.source = source
        self.text = text
        self.finder = finder

        self._claims: dict[str, str] = {}

    def claim(self, name: str, text: str) -> bool:
        """Whether a class of this text may be added to the file under a name: no other was."""
        return self._claims.setdefault(name, text) == text

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node that each node is a child of."""
        return {child: node for node in ast.walk(self.source.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def taken(self) -> frozenset[str]:
        """Every name that occurs in the file, whatever it is: a fresh name is none of them."""
        found: set[str] = set()
        for node in ast.walk(self.source.tree):
            if isinstance(node, ast.alias):
                found.add((node.asname or node.name).partition(".")[0])
                continue
            for field in ("id", "name", "asname", "arg", "rest"):
                word = getattr(node, field, None)
                if isinstance(word, str):
                    found.add(word.partition(".")[0])
            if isinstance(node, (ast.Global, ast.Nonlocal)):
                found.update(node.names)
        return frozenset(found)

    @cached_property
    def imported(self) -> frozenset[str]:
        """The first parts of the names of the modules that the file imports."""
        found: set[str] = set()
        for node in ast.walk(self.source.tree):
            if isinstance(node, ast.Import):
                found.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
        return frozenset(found)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes that hold a node, innermost first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that holds a node."""
        if isinstance(node, ast.stmt):
            return node
        return next(each for each in self.ancestors(node) if isinstance(each, ast.stmt))

    def expression(self, node: ast.expr) -> ast.expr:
        """The largest expression that holds a node."""
        while isinstance(parent := self.parents.get(node), (ast.expr, ast.keyword, ast.comprehension, ast.Slice)):
            node = parent  # type: ignore[assignment]
        return node

    def function(self, node: ast.AST) -> Definition | None:
        """The innermost function that evaluates a node; defaults and decorators belong to the scope outside."""
        inner = node
        for each in self.ancestors(node):
            if isinstance(each, ast.Lambda) and inner is each.body:
                return each
            if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and inner in each.body:
                return each
            inner = each
        return None

    def code(self, node: ast.expr | ast.stmt) -> str:
        """The source of a node, as it is written."""
        return self.between(self.source.span(node))

    def between(self, span: Span) -> str:
        """The text of a span."""
        first, last = (self._starts[row - 1] + column - 1 for row, column in span)
        return self.text[first:last]

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *line_ends(self.text)]

    @property
    def newline(self) -> str:
        """How the first row ends."""
        row = self.text[: self._starts[1]] if len(self._starts) > 1 else "\n"
        return row[len(row.rstrip("\r\n")) :]

    def indentation(self, statement: ast.stmt) -> str | None:
        """What stands before a statement on its row; None where that is more than space."""
        (row, column), _ = self.source.span(statement)
        before = self.source.lines[row - 1][: column - 1]
        return before if not before.strip() else None

    def fresh(self, wish: str, besides: Collection[str] = ()) -> str:
        """A name that occurs nowhere in the file, nor besides."""
        names = (wish, *(f"{wish}_{number}" for number in range(2, len(self.taken) + len(besides) + 3)))
        return next(name for name in names if name not in self.taken and name not in besides)


def assigned(file: Surroundings, statement: ast.stmt, name: str) -> ast.expr | None:
    """What a name was assigned last before a statement, where that does not depend on the way there."""
    parent = file.parents[statement]
    for field in ("body", "orelse", "finalbody"):
        block = getattr(parent, field, [])
        if isinstance(block, list) and statement in block:
            for earlier in reversed(block[: block.index(statement)]):
                if isinstance(earlier, ast.Assign) and [getattr(t, "id", "") for t in earlier.targets] == [name]:
                    return earlier.value
                if binds(earlier, name):
                    return None
    if isinstance(parent, (ast.If, ast.With)):
        return assigned(file, parent, name)
    return None


def binds(node: ast.AST, name: str) -> bool:
    """Whether anything in a node may bind a name."""
    return any(
        name in (getattr(part, "name", None), getattr(part, "asname", None))
        or isinstance(part, ast.Name)
        and part.id == name
        and not isinstance(part.ctx, ast.Load)
        for part in ast.walk(node)
    )


@dataclass(frozen=True)
class Site:
    """A call that may be rewritten: as einlint reads it, and as LibCST does.

    `rows` are those of its notebook cell, or of the file: edits stay among them. `unsafe` asks for named forms that
    differ at an edge.
    """

    file: Surroundings
    reading: Reading
    node: cst.Call
    rows: range
    unsafe: bool = False

    @property
    def call(self) -> Call:
        return self.reading.call
