"""Three or more matrices in a row: the library chooses the order of products by their sizes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations

from einlint.rewrites.lowering.labelled import dimensions, labels
from einlint.rewrites.lowering.layout import Layout
from einlint.rewrites.lowering.tree import Attribute, Items, Node, function

_MOST_MATRICES = 5


def chained(operands: Sequence[Layout], output: Sequence[str]) -> Layout | None:
    """`multi_dot`, where the operands are matrices that can be laid in a row, transposed where they need be."""
    matrices = all(len(one.dims) == 2 and not any(d.spread for d in one.dims) for one in operands)
    if not operands[0].style.multi_dot or not (3 <= len(operands) <= _MOST_MATRICES and matrices and len(output) == 2):
        return None
    for order in permutations(operands):
        row = _row(order, output)
        if row is not None:
            module = "torch.linalg" if operands[0].style.framework == "torch" else "np.linalg"
            code = function(f"{module}.multi_dot", Items(tuple(row), "[]"))
            return operands[0].become(code, dimensions(output))
    return None


def _row(order: Sequence[Layout], output: Sequence[str]) -> list[Node] | None:
    """The matrices so that each begins with the label that the one before ends with."""
    path, row = [output[0]], list[Node]()
    for one in order:
        first, second = labels(one)
        if path[-1] not in (first, second):
            return None
        row.append(one.node if first == path[-1] else Attribute(one.node, "T"))
        path.append(second if first == path[-1] else first)
    ends = path[-1] == output[1] and len(set(path)) == len(path)
    return row if ends and all(a != b for a, b in pairwise(path)) else None
