"""Assignments and `del`."""

from __future__ import annotations

import ast

from einlint.claims.model import Claim
from einlint.shapes.binding import bind, is_miscounted, learn_spread
from einlint.shapes.comments import heed_comment
from einlint.shapes.dispatch import STATEMENTS, value_of
from einlint.shapes.evidence import annotation_of, claimed, refuted, renamed
from einlint.shapes.objects import Hole, Known, Listing, Origin, forget
from einlint.shapes.operators import SYMBOLS, operated
from einlint.shapes.run import Run


def _assign(run: Run, node: ast.Assign) -> bool:
    if node.value.__class__ is ast.Tuple and len(node.targets) == 1:
        learn_spread(run, node.targets[0], node.value)
    value = value_of(run, node.value)
    for target in node.targets:
        if isinstance(target, (ast.Tuple, ast.List)) and is_miscounted(run, target, value, node.value):
            value = Hole()
        bind(run, target, value)
    if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        heed_comment(run, node, node.targets[0].id)
    return True


def _annotated(run: Run, node: ast.AnnAssign) -> bool:
    if node.value is None:
        return True
    value = value_of(run, node.value)
    claim = annotation_of(run.finder, node.annotation, run.names.module)
    frame = run.memory.frame
    if isinstance(value, Known):
        if refuted(claim, value, frame.sizes, run):
            operands = ((f"`{ast.unparse(node.target)}`", value),)
            run.contradict(node.target, "annotation", f"it is annotated `{claim.text}`", operands=operands)
            value = Hole()
        elif isinstance(claim, Claim):
            value = renamed(run, value, claim, Origin(node.lineno, "annotated"))
    elif isinstance(value, Hole) and isinstance(claim, Claim):
        value = claimed(run, claim, Origin(node.lineno, "annotated"), frame.sizes, value.name)
    bind(run, node.target, value)
    if isinstance(node.target, ast.Name):
        heed_comment(run, node, node.target.id)
    return True


def _augmented(run: Run, node: ast.AugAssign) -> bool:
    if isinstance(node.target, ast.Name):
        left = value_of(run, ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target))
        right = value_of(run, node.value)
        whole = ast.copy_location(ast.BinOp(node.target, node.op, node.value), node)
        symbol = SYMBOLS.get(node.op.__class__, "")
        if run.observer is not None and isinstance(left, Known):
            run.observer.wrote(run, left, node.target)
        result = operated(run, symbol, left, right, whole, (node.target, node.value))
        # in place, the shape of a tensor stays
        if isinstance(left, Listing):  # also under its other names
            grown = result if isinstance(result, Listing) and not run.nesting else Listing(None, Hole())
            left.items, left.element = grown.items, grown.element
            result = left
        in_place = isinstance(left, Known) and symbol != "@" and "torch" in (left.framework, run.framework)
        if in_place and isinstance(right, Known) and len(right.dims) > len(left.dims):
            named = ((ast.unparse(node.target), left), (ast.unparse(node.value), right))
            run.contradict(node.target, f"{symbol}=", "a tensor cannot get more axes in place", operands=named)
        bind(run, node.target, left if in_place else result)
    else:
        value_of(run, node.value)
        bind(run, node.target, Hole())
    return True


def _delete(run: Run, node: ast.Delete) -> bool:
    for target in node.targets:
        if isinstance(target, ast.Name):
            run.memory.frame.names[target.id] = Hole()
        elif isinstance(target, (ast.Subscript, ast.Attribute)):
            forget(value_of(run, target.value))
    return True


STATEMENTS.update({
    ast.Assign: _assign, ast.AnnAssign: _annotated, ast.AugAssign: _augmented, ast.Delete: _delete,
})  # fmt: skip
