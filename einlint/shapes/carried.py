"""Names that a loop carries from one iteration to the next: those that its body may read before it binds them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from einlint.names import names_in

Loop = ast.For | ast.AsyncFor | ast.While
_JUMPS = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def carried(loop: Loop) -> frozenset[str]:
    """The names that an iteration may find as the one before left them."""
    reads: set[str] = set()
    bound: set[str] = set()
    if isinstance(loop, ast.While):
        _read(loop.test, bound, reads)
    else:
        _bind(loop.target, bound, reads)
    _block(loop.body, bound, reads)
    return frozenset(reads)


def reads(function: ast.AST) -> frozenset[str]:
    """The names that a function may read when it is called."""
    return frozenset(names_in(function))


def _block(body: Iterable[ast.stmt], bound: set[str], reads: set[str]) -> bool:
    """Add what statements certainly bind and what they may read before that; whether they may be passed."""
    for statement in body:
        if isinstance(statement, _JUMPS):
            _read(statement, bound, reads)
            return False
        if not _statement(statement, bound, reads):
            return False
    return True


def _statement(node: ast.stmt, bound: set[str], reads: set[str]) -> bool:
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        if node.value is not None:
            _read(node.value, bound, reads)
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                _bind(target, bound, reads)
    elif isinstance(node, ast.If):
        _read(node.test, bound, reads)
        return _either([node.body, node.orelse], bound, reads)
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        for item in node.items:
            _read(item.context_expr, bound, reads)
            if item.optional_vars is not None:
                _bind(item.optional_vars, bound, reads)
        return _block(node.body, bound, reads)
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        _read(node.iter, bound, reads)
        inside = set(bound)
        _bind(node.target, inside, reads)
        _block(node.body, inside, reads)
        _block(node.orelse, set(bound), reads)
    elif isinstance(node, _DEFINITIONS):
        _read(node, bound, reads)
        bound.add(node.name)
    else:  # what may stop anywhere binds nothing for certain
        _read(node, bound, reads)
    return True


def _either(blocks: Sequence[Sequence[ast.stmt]], bound: set[str], reads: set[str]) -> bool:
    """One of several blocks is run: what those that end bind is bound."""
    ends = []
    for block in blocks:
        inside = set(bound)
        if _block(block, inside, reads):
            ends.append(inside)
    if ends:
        bound |= set.intersection(*ends)
    return bool(ends)


def _bind(target: ast.expr, bound: set[str], reads: set[str]) -> None:
    if isinstance(target, ast.Name):
        bound.add(target.id)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            _bind(element, bound, reads)
    elif isinstance(target, ast.Starred):
        _bind(target.value, bound, reads)
    else:
        _read(target, bound, reads)


def _read(node: ast.AST, bound: set[str], reads: set[str]) -> None:
    """Every name that occurs counts as read, however it occurs."""
    reads |= names_in(node) - bound
