"""Permutations that move nothing.

Left alone is one of which the other branch has a real counterpart: both layouts are written out.
"""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

from einlint.names import last_name
from einlint.shapes.objects import Hole, Step
from einlint.shapes.run import Run
from einlint.silent.history import numbers, permutation
from einlint.silent.inspector import OPERATIONS, UNKNOWN_CALLS, Inspector
from einlint.silent.layouts import nodes_read
from einlint.silent.written import tensor_of

_MOVES = frozenset({"permute", "transpose", "swapaxes", "swapdims"})


def idle_permute(inspector: Inspector, run: Run, step: Step, result: Any) -> None:
    """Report a permutation by numbers that is the identity."""
    if step.reading is None and step.operands:
        rank = len(step.operands[0].dims)
        if _is_for_several_ranks(step.node):
            return
        if rank > 1 and permutation(step, rank) == list(range(rank)):
            _report(inspector, run, step.node, step.written(0))


def _is_for_several_ranks(node: ast.expr) -> bool:
    """Whether dimensions are counted from both ends: `transpose(1, -2)` moves something at higher ranks."""
    given = [numbers(each) for each in node.args] if isinstance(node, ast.Call) else []
    counted = [each for each in given if type(each) is int]
    return any(each < 0 for each in counted) and any(each >= 0 for each in counted)


def idle_permute_of_unknown(inspector: Inspector, run: Run, hole: Hole, name: str, given: int, node: ast.Call) -> None:
    """Report the same of a tensor of unknown rank."""
    written = [each.value if isinstance(each, ast.Constant) else None for each in node.args[-given:]] if given else []
    counts = name == "permute" and len(written) > 1 and written == list(range(len(written)))
    if counts or name in _MOVES and len(written) == 2 and type(written[0]) is int and written[0] == written[1]:
        value = tensor_of(node, given)
        _report(inspector, run, node, ast.unparse(value))


class _Permutation(NamedTuple):
    """What is permuted and what the result is assigned to, as texts, and the dimensions that are written as numbers."""

    about: frozenset[str]
    order: list[int]


def _has_counterpart(run: Run, node: ast.expr) -> bool:
    """Whether another branch of an `if` around a permutation moves dimensions of the same tensor, or for the same name,
    where it leaves them."""
    for each in nodes_read(run):
        if isinstance(each, ast.If) and each.orelse:
            arms = [_permutations(each.body), _permutations(each.orelse)]
            for own, others in (arms, arms[::-1]):
                idle = own.get(node)
                if idle is not None and any(_moves_for(idle, other) for other in others.values()):
                    return True
    return False


def _moves_for(idle: _Permutation, other: _Permutation) -> bool:
    return sorted(other.order) == idle.order != other.order and not idle.about.isdisjoint(other.about)


def _permutations(body: list[ast.stmt]) -> dict[ast.expr, _Permutation]:
    """The permutations of a block."""
    found: dict[ast.expr, _Permutation] = {}
    nodes = [node for statement in body for node in ast.walk(statement)]
    targets = {node: each.targets for each in nodes if isinstance(each, ast.Assign) for node in ast.walk(each)}
    for node in nodes:
        if isinstance(node, ast.Call) and last_name(node.func) in _MOVES:
            given = [numbers(each) for each in node.args]
            permuted = [node.func.value] if isinstance(node.func, ast.Attribute) else []
            about = frozenset(map(ast.unparse, [*permuted, *targets.get(node, [])]))
            found[node] = _Permutation(about, [each for each in given if type(each) is int])
    return found


def _report(inspector: Inspector, run: Run, node: ast.expr, name: str) -> None:
    if _has_counterpart(run, node):
        return
    message = f"this leaves every dimension of `{name}` where it is: element (0, 1) stays at (0, 1)"
    inspector.suspect(run, "idle-permute", node, message)


OPERATIONS.append((idle_permute, _MOVES))
UNKNOWN_CALLS.append(idle_permute_of_unknown)
