"""One function for each function of einops that has a plain form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from einlint.patterns.model import Pattern
from einlint.rewrites.lowering import tree
from einlint.rewrites.lowering.arrows import rearranged, start
from einlint.rewrites.lowering.contractions import contracted
from einlint.rewrites.lowering.lowered import Lowered, Style, lowered
from einlint.rewrites.lowering.sides import sides
from einlint.rewrites.lowering.sizes import SPREAD, Sizes, Source
from einlint.rewrites.lowering.stacks import stacked
from einlint.rewrites.lowering.tree import Attribute, Conditional, Items, Name, Node, Number

Operand = str | Sequence[str]
"""The name of a tensor, or the names of the tensors of a list."""

_NOTHING: Mapping[str, str] = {}
_STYLE = Style()


def lower_rearrange(
    pattern: Pattern, operand: Operand, lengths: Mapping[str, str] = _NOTHING, style: Style = _STYLE, *,
    rank: int | None = None, listed: bool = False,
) -> Lowered:  # fmt: skip
    """`rearrange`. `rank` is that of the operand where an ellipsis hides it; `listed`: the operand is a list."""
    return _arrow(pattern, operand, lengths, style, rank, listed, None)


def lower_reduce(
    pattern: Pattern, operand: Operand, reduction: str, lengths: Mapping[str, str] = _NOTHING, style: Style = _STYLE,
    *, rank: int | None = None, listed: bool = False,
) -> Lowered:  # fmt: skip
    """`reduce` by name: sum, mean, max, min, prod, any or all."""
    return _arrow(pattern, operand, lengths, style, rank, listed, reduction)


def lower_repeat(
    pattern: Pattern, operand: Operand, lengths: Mapping[str, str] = _NOTHING, style: Style = _STYLE, *,
    rank: int | None = None, listed: bool = False,
) -> Lowered:  # fmt: skip
    """`repeat`."""
    return _arrow(pattern, operand, lengths, style, rank, listed, None)


def lower_einsum(
    pattern: Pattern, operands: Sequence[str], style: Style = _STYLE, *, ranks: Sequence[int | None] | None = None
) -> Lowered:
    """`einsum` of any notation: `pattern` is the parsed equation, of einops, torch or numpy."""
    made = contracted(pattern, operands, ranks or [None] * len(operands), style)
    return lowered(made.node, made.note)


def _arrow(
    pattern: Pattern, operand: Operand, lengths: Mapping[str, str], style: Style, rank: int | None, listed: bool,
    reduction: str | None,
) -> Lowered:  # fmt: skip
    both = sides(pattern, lengths, rank)
    is_list = listed or not isinstance(operand, str)
    if not is_list and reduction is not None and both.old - both.kept == {SPREAD}:
        return lowered(_if_any(pattern, Name(str(operand)), lengths, style, reduction))
    node: Node = Name(operand) if isinstance(operand, str) else Items(tuple(map(Name, operand)), "[]")
    if is_list:
        node = tree.function("torch.stack" if style.framework == "torch" else "np.stack", node)
    layout = start(node, both.left, Sizes([Source(None if is_list else node, both.left)], both.given), style)
    made = stacked(rearranged(layout, both, reduction)) if is_list else rearranged(layout, both, reduction)
    return lowered(made.node, made.note)


def _if_any(pattern: Pattern, operand: Name, lengths: Mapping[str, str], style: Style, reduction: str) -> Node:
    """The dimensions of an ellipsis reduced, where there are any: else the operand stays, integers in a mean too."""
    fewest = sum(not group.is_spread for group in pattern.inputs[0].groups)
    some, none = replace(sides(pattern, lengths), some=True), sides(pattern, lengths, fewest)
    forms = [
        rearranged(start(operand, both.left, Sizes([Source(operand, both.left)], both.given), style), both, reduction)
        for both in (some, none)
    ]
    return Conditional(forms[0].node, Attribute(operand, "ndim"), Number(fewest), forms[1].node)
