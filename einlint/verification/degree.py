"""An upper bound on the degree of a polynomial expression in the entries of its operands."""

from __future__ import annotations

import ast

from einlint.verification.expressions import Expression
from einlint.verification.question import Question

_ABOUT_SHAPE = frozenset("shape dtype ndim size numel dim device new_zeros new_ones new_full".split())


def degree(question: Question) -> int:
    """Each reading of an operand's entries counts once, multiplied by the powers around."""
    return max(_degree(side) for side in (question.left, question.right))


def _degree(side: Expression) -> int:
    of_shape = {
        id(node.value) for node in ast.walk(side.body) if isinstance(node, ast.Attribute) and node.attr in _ABOUT_SHAPE
    }
    reads = [
        n for n in ast.walk(side.body) if isinstance(n, ast.Name) and n.id in side.tensors and id(n) not in of_shape
    ]
    powers = [
        node.right.value
        for node in ast.walk(side.body)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant)
    ]
    product = 1
    for power in powers:
        product *= power if isinstance(power, int) and power > 1 else 1
    return max(1, len(reads)) * product
