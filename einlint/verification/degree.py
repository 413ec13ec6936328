"""An upper bound on the degree of a polynomial expression in the entries of its operands."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from einlint.verification.expressions import Expression, targets
from einlint.verification.question import Question

_ABOUT_SHAPE = frozenset("shape dtype ndim size numel dim device new_zeros new_ones new_full".split())


def degree(question: Question) -> int:
    """Each reading of an operand's entries counts once, multiplied by the powers around."""
    return max(_degree(side) for side in (question.left, question.right))


def _degree(side: Expression) -> int:
    degrees = dict.fromkeys(side.tensors, 1)
    for binding in side.bindings:
        degrees |= dict.fromkeys(binding.names, _degree_of(binding.value, degrees))
    return _degree_of(side.body, degrees)


def _degree_of(value: ast.expr, degrees: Mapping[str, int]) -> int:
    for node in ast.walk(value):
        if isinstance(node, ast.comprehension):
            degrees = {**degrees, **dict.fromkeys(targets(node.target), _degree_of(node.iter, degrees))}
    of_shape = {
        id(node.value) for node in ast.walk(value) if isinstance(node, ast.Attribute) and node.attr in _ABOUT_SHAPE
    }
    loaded = (node for node in ast.walk(value) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    reads = [degrees.get(node.id, 0) for node in loaded if id(node) not in of_shape]
    powers = [
        node.right.value
        for node in ast.walk(value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant)
    ]
    product = 1
    for power in powers:
        product *= power if isinstance(power, int) and power > 1 else 1
    return max(1, sum(reads)) * product
