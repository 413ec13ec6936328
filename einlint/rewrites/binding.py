"""Where an argument may be bound to a local in a line before the statement."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple

from einlint.rewrites.arguments import Argument, Cost, cost_of
from einlint.rewrites.rewrite import Refusal
from einlint.rewrites.surroundings import Site

_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr)


class Local(NamedTuple):
    """An argument and the name that it is bound to."""

    argument: Argument
    name: str


def locals_for(site: Site, bound: Sequence[Argument], arguments: Sequence[Argument]) -> list[Local]:
    """A local name for each argument that is to be bound. Raises Refusal where none can be."""
    if not bound:
        return []
    reason = _obstacle(site)
    if reason:
        raise Refusal(f"an argument is read twice and cannot be bound to a name {reason}")
    own = _own_name(site, bound, arguments)
    if own is not None:
        return [Local(bound[0], own)]
    found: list[Local] = []
    for argument in bound:
        found.append(Local(argument, site.file.fresh("tensor", {local.name for local in found})))
    return found


def lines(site: Site, found: Sequence[Local]) -> str:
    """The lines that bind them, up to where the statement begins."""
    statement = site.file.statement(site.call.node)
    indentation = site.file.indentation(statement) or ""
    return "".join(f"{name} = {argument.code}{site.file.newline}{indentation}" for argument, name in found)


def _obstacle(site: Site) -> str:
    """Why nothing can be bound before the statement, empty if it can."""
    statement = site.file.statement(site.call.node)
    if site.file.indentation(statement) is None:
        return "where two statements share a row"
    if site.call.scope.is_class:
        return "in the body of a class"
    node: ast.AST = site.call.node
    for parent in site.file.ancestors(node):
        before = _before(node, parent)
        if before is None:
            return _PLACES.get(type(parent), "in a part that may not be evaluated once")
        if any(cost_of(site, each, tensor=False) is Cost.EFFECT for each in before):
            return "as something else is called before it"
        if parent is statement:
            return ""
        node = parent
    return "here"


_PLACES: dict[type[ast.AST], str] = {
    ast.Lambda: "in a lambda", ast.arguments: "in a default", ast.FunctionDef: "in a decorator",
    ast.ClassDef: "in a decorator", ast.ListComp: "in a comprehension", ast.GeneratorExp: "in a comprehension",
    ast.DictComp: "in a comprehension", ast.SetComp: "in a comprehension", ast.comprehension: "in a comprehension",
    ast.IfExp: "in a conditional expression", ast.While: "in the condition of a loop",
}  # fmt: skip


def _before(node: ast.AST, parent: ast.AST) -> list[ast.expr] | None:
    """What a parent evaluates before a part of it; None where the part may be evaluated never or more than once."""
    match parent:
        case ast.keyword() | ast.Starred() | ast.UnaryOp() | ast.Attribute() | ast.Slice() | ast.Return() | ast.Expr():
            return []
        case ast.Call():
            parts: list[ast.AST] = [parent.func, *parent.args, *parent.keywords]
        case ast.Subscript():
            parts = [parent.value, parent.slice]
        case ast.BinOp():
            parts = [parent.left, parent.right]
        case ast.Tuple() | ast.List() | ast.Set():
            parts = list(parent.elts)
        case ast.Compare():
            parts = [parent.left, parent.comparators[0]]
        case ast.BoolOp():
            parts = [parent.values[0]]
        case ast.IfExp():
            parts = [parent.test]
        case ast.Assign():
            parts = [parent.value]
        case ast.AnnAssign() if isinstance(parent.target, ast.Name) and parent.value is not None:
            parts = [parent.value]
        case ast.AugAssign():
            parts = [parent.target, parent.value]
        case ast.For():
            parts = [parent.iter]
        case _:
            return None
    if node not in parts:
        return None
    earlier = [part.value if isinstance(part, ast.keyword) else part for part in parts[: parts.index(node)]]
    return [part for part in earlier if isinstance(part, ast.expr)]


def _own_name(site: Site, bound: Sequence[Argument], arguments: Sequence[Argument]) -> str | None:
    """The name that the statement itself assigns: `x = f(x)` may come before `x = x.flatten(1)`."""
    statement, scope = site.file.statement(site.call.node), site.call.scope
    if len(bound) != 1 or not isinstance(statement, ast.Assign) or statement.value is not site.call.node:
        return None
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, ast.Name) or target.id not in scope.bindings:
        return None
    others = [node for each in arguments if each not in bound for node in ast.walk(each.node)]
    if any(isinstance(node, ast.Name) and node.id == target.id for node in others):
        return None
    tried = any(isinstance(each, (ast.Try, ast.With, ast.AsyncWith)) for each in site.file.ancestors(statement))
    return None if tried or scope.parent is None else target.id
