"""Expressions in which names give way to code."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import NamedTuple

from einlint.rewrites.rewrite import Refusal

_TIGHT = (ast.Attribute, ast.BinOp, ast.UnaryOp, ast.Starred, ast.Compare)


class Code(NamedTuple):
    """Code that takes the place of a name; `atomic` where a method can be called on it without parentheses."""

    text: str
    atomic: bool = True


def substituted(expression: str, codes: Mapping[str, Code]) -> str:
    """The expression with names replaced, in parentheses where they need it.

    Raises Refusal where that would mean something else.
    """
    tree = ast.parse(expression, mode="eval")
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in codes]
    text = expression
    for node in sorted(names, key=lambda n: n.col_offset, reverse=True):
        code = codes[node.id]
        new = f"({code.text})" if not code.atomic and is_tight(node, parents[node]) else code.text
        text = text[: node.col_offset] + new + text[node.end_col_offset :]
    _check(text, tree, codes)
    return text


def is_tight(node: ast.AST, parent: ast.AST) -> bool:
    """Whether an operator or a call stands right at a node, so that anything but an atom needs parentheses there."""
    if isinstance(parent, ast.Call):
        return node is parent.func
    if isinstance(parent, ast.Subscript):
        return node is parent.value
    if isinstance(parent, ast.comprehension):
        return True
    return isinstance(parent, (*_TIGHT, ast.Await))


class _Replace(ast.NodeTransformer):
    def __init__(self, codes: Mapping[str, Code]) -> None:
        self.codes = codes

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.codes:
            return node
        return ast.parse(f"({self.codes[node.id].text}\n)", mode="eval").body


def _check(text: str, tree: ast.Expression, codes: Mapping[str, Code]) -> None:
    """The text must be the tree that was verified, with the arguments in their places."""
    try:
        expected = ast.dump(_Replace(codes).visit(tree))
        if ast.dump(ast.parse(f"({text}\n)", mode="eval")) == expected:
            return
    except (SyntaxError, ValueError, RecursionError):
        pass
    raise Refusal("the arguments cannot be put into the plain code")
