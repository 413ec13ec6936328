"""What the code around a call does with its operand or its result: both are of one library."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from einlint.callables import Kind
from einlint.rewrites.libraries import agreed, by_annotation, by_method, takes_tensors
from einlint.rewrites.surroundings import Site, Surroundings, binds

_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return)
_MAYBE = (ast.IfExp, ast.BoolOp, ast.Lambda, ast.comprehension)
"""What may leave a part of it unevaluated, or evaluate it in a scope of its own."""


def by_use(site: Site) -> str | None:
    """What is done with the result, which is of the library of its operands."""
    if not _gives_a_tensor(site):
        return None
    node: ast.AST = site.call.node
    parent = site.file.parents[node]
    if isinstance(parent, (ast.List, ast.Tuple)):
        node, parent = parent, site.file.parents[parent]
        if not isinstance(parent, ast.Call):
            return None
    match parent:
        case ast.Attribute() if isinstance(call := site.file.parents[parent], ast.Call) and call.func is parent:
            return by_method(site, parent)
        case ast.Call(func=function, args=[first, *_]) if first is node:
            return "torch" if takes_tensors(site, function) else None
        case ast.AnnAssign(annotation=annotation):
            return by_annotation(site, annotation)
        case ast.Return():
            returns = getattr(site.file.function(parent), "returns", None)
            return None if returns is None else by_annotation(site, returns)
    return None


def by_neighbours(site: Site) -> str | None:
    """What statements that run before and after for sure do with the first operand and the result, by their names."""
    statement = site.file.statement(site.call.node)
    if any(isinstance(each, _MAYBE) for each in site.file.ancestors(site.call.node)):
        return None
    first = site.call.tensors[0] if site.call.tensors else None
    operand = first.id if isinstance(first, ast.Name) else ""
    found = [*_before(site, statement, operand)] if operand else []
    names = {operand} if operand and not binds(statement, operand) else set()
    if isinstance(statement, ast.Assign) and statement.value is site.call.node and _gives_a_tensor(site):
        names |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return agreed([*found, *_after(site, statement, names)])


def _gives_a_tensor(site: Site) -> bool:
    """Whether the result is of the library of the operands."""
    return site.call.callee.kind in (Kind.REARRANGE, Kind.REDUCE, Kind.REPEAT, Kind.EINSUM)


def _before(site: Site, statement: ast.stmt, name: str) -> Iterator[str | None]:
    for earlier in _run(site.file, statement, -1):
        if binds(earlier, name):
            return
        yield from _told(site, earlier, {name})


def _after(site: Site, statement: ast.stmt, names: set[str]) -> Iterator[str | None]:
    for later in _run(site.file, statement, 1):
        yield from _told(site, later, names)
        names = {name for name in names if not binds(later, name)}


def _run(file: Surroundings, statement: ast.stmt, step: int) -> Iterator[ast.stmt]:
    """The simple statements that run next, or ran last, whatever the way there."""
    parent = file.parents[statement]
    if isinstance(statement, ast.Return) and step > 0:
        return
    for field in ("body", "orelse", "finalbody"):
        block = getattr(parent, field, [])
        if isinstance(block, list) and statement in block:
            at = block.index(statement) + step
            while 0 <= at < len(block):
                if not isinstance(block[at], _SIMPLE):
                    return
                yield block[at]
                if isinstance(block[at], ast.Return):
                    return
                at += step
    if isinstance(parent, (ast.If, ast.With)):
        yield from _run(file, parent, step)


def _told(site: Site, statement: ast.stmt, names: set[str]) -> Iterator[str | None]:
    """What calls in a statement tell of tensors by their names."""
    nodes = list(ast.walk(statement))
    if any(isinstance(node, _MAYBE) for node in nodes):
        return
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name)) as function) if name in names:
                yield by_method(site, function)
            case ast.Call(func=function, args=[ast.Name(id=name), *_]) if name in names:
                yield "torch" if takes_tensors(site, function) else None
