"""Statements that neither assign nor branch."""

from __future__ import annotations

import ast
from typing import Any

from einlint.claims.model import Claim
from einlint.shapes.conditions import assume
from einlint.shapes.dispatch import STATEMENTS, value_of
from einlint.shapes.evidence import refuted
from einlint.shapes.objects import Class, Function, Hole, Known
from einlint.shapes.run import Run


def _expression(run: Run, node: ast.Expr) -> bool:
    value_of(run, node.value)
    return True


def _return(run: Run, node: ast.Return) -> bool:
    value = None if node.value is None else value_of(run, node.value)
    claim = run.memory.frame.result
    if isinstance(claim, Claim) and node.value is not None and isinstance(value, Known):
        _check_result(run, claim, node.value, value)
    run.memory.frame.returned.append((_settled(run, value), run.memory.copy()))
    return False


def _check_result(run: Run, claim: Claim, node: ast.expr, value: Known) -> None:
    if refuted(claim, value, run.memory.frame.sizes, run):
        written = f"`{node.id}`" if isinstance(node, ast.Name) else "the value"
        run.contradict(node, "annotation", f"the result is annotated `{claim.text}`", operands=((written, value),))


def _settled(run: Run, value: Any) -> Any:
    value = run.memory.current(value)
    return tuple(_settled(run, item) for item in value) if isinstance(value, tuple) else value


def _raise(run: Run, node: ast.Raise) -> bool:
    return False


def _assert(run: Run, node: ast.Assert) -> bool:
    value_of(run, node.test)
    assume(run, node.test, True)
    return True


def _definition(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = run.memory.frame.names
    names[node.name] = Hole(node.name) if node.name in run.shared else Function(node, run.memory.frame)
    scope = run.names.scopes.get(node)
    if scope is not None and scope.elsewhere:
        names.update(dict.fromkeys(scope.elsewhere, Hole()))
    return True


def _class_definition(run: Run, node: ast.ClassDef) -> bool:
    run.memory.frame.names[node.name] = Hole(node.name) if node.name in run.shared else Class(node)
    return True


STATEMENTS.update({
    ast.Expr: _expression, ast.Return: _return, ast.Raise: _raise, ast.Assert: _assert, ast.FunctionDef: _definition,
    ast.AsyncFunctionDef: _definition, ast.ClassDef: _class_definition,
})  # fmt: skip
