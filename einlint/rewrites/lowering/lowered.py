"""What a call becomes, and what the surroundings ask of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from einlint.rewrites.lowering import tree
from einlint.rewrites.lowering.tree import Node, Precedence
from einlint.rewrites.rewrite import Refusal

__all__ = ["Lowered", "Precedence", "Style", "lowered"]

_LONGEST = 400  # characters


@dataclass(frozen=True)
class Style:
    """What emitted code may use. The defaults keep values, dtypes, gradients and the sharing of memory.

    `exact` off allows forms of one call that differ at the edge: `F.pixel_shuffle` and `repeat_interleave` copy what
    is a view where a size is 1, `F.max_pool2d` gives the gradient of a tie to one element, and multiply-and-sum keeps
    float32 under autocast and widens integers.
    """

    framework: Literal["torch", "numpy"] = "torch"
    exact: bool = True
    max_rank: int | None = None
    """The most dimensions that any tensor on the way may have."""
    unflatten: bool = True
    diagonal: bool = True
    tensordot: bool = False
    multi_dot: bool = True
    matrix_transpose: bool = True
    """`.mT`."""
    multiply_sum: bool = False
    """Products are summed instead of multiplied as matrices."""
    in_order: bool = False
    """Products read their operands once and in order where any form does."""


@dataclass(frozen=True)
class Lowered:
    """Plain code over the operand names and lengths that the caller gave.

    `precedence` says whether it needs parentheses where it is put; `uses` are the operands and lengths in the order of
    evaluation, with repetitions, so the caller binds to a local what is read twice or out of order; `needs` are the
    modules that the code reads, by the names `torch`, `F`, `np` and `math`; `note` says what was given up on purpose.
    """

    expression: str
    precedence: Precedence
    uses: tuple[str, ...]
    needs: frozenset[str]
    note: str = ""


def lowered(node: Node, note: str = "") -> Lowered:
    """The tree, printed. Raises Refusal for code that nobody would want to read."""
    code = tree.text(node)
    if len(code) > _LONGEST:
        raise Refusal(f"the plain form has {len(code)} characters")
    needs = frozenset(tree.modules(node))
    return Lowered(code, tree.precedence(node), tuple(tree.names(node)), needs, note)
