"""pack, unpack, parse_shape and asnumpy."""

from __future__ import annotations

from collections.abc import Sequence

from einlint.patterns.model import Pattern
from einlint.rewrites.lowering.lowered import Lowered, Style, lowered
from einlint.rewrites.lowering.tree import (
    Attribute,
    Comprehension,
    Dictionary,
    Index,
    Items,
    Name,
    Node,
    Number,
    Slice,
    Star,
    function,
    method,
)
from einlint.rewrites.rewrite import Refusal

_STYLE = Style()
_TENSOR, _SIZES = Name("t"), Name("s")


def lower_pack(
    pattern: Pattern, operands: Sequence[str], style: Style = _STYLE, *, listed: bool = False,
    ranks: Sequence[int | None] | None = None,
) -> Lowered:  # fmt: skip
    """`pack` as the pair of the packed tensor and the shapes. `listed`: the one operand is a list in a variable."""
    before, after = _around_star(pattern)
    concatenate = "torch.cat" if style.framework == "torch" else "np.concatenate"
    if listed:
        name = Name(operands[0])
        tensors: Node = Comprehension(_flat(_TENSOR, before, after, None, style), (_TENSOR,), name)
        shapes: Node = Comprehension(_middle(_TENSOR, before, after), (_TENSOR,), name)
    else:
        names = [Name(operand) for operand in operands]
        known = ranks or [None] * len(names)
        flat = [_flat(name, before, after, rank, style) for name, rank in zip(names, known, strict=True)]
        tensors = Items(tuple(flat), "[]")
        shapes = Items(tuple(_middle(name, before, after) for name in names), "[]")
    packed = function(concatenate, tensors, *([before] if before else []))
    return lowered(Items((packed, shapes)))


def lower_unpack(
    pattern: Pattern, operand: str, shapes: str, style: Style = _STYLE, *, index: int | None = None,
    count: int | None = None, alone: bool = False,
) -> Lowered:  # fmt: skip
    """`unpack` as a list, or with `index=0` its first tensor; `count=1` where there is one tensor for sure.

    `shapes` is the list of packed shapes, or with `alone` the only one.
    """
    before, after = _around_star(pattern)
    tensor, sizes = Name(operand), Name(shapes)
    first: Node = sizes if alone else Index(sizes, (Number(0),))
    if count == 1 and index in (None, 0):
        whole = _unfolded(tensor, tensor, first, before, after)
        return lowered(whole if index == 0 else Items((whole,), "[]"))
    if index == 0:
        part = Index(tensor, (*[":"] * before, Slice(None, function("math.prod", first))))
        return lowered(_unfolded(part, tensor, first, before, after))
    if index is not None or style.framework != "torch":
        raise Refusal("which part of how many is not known")
    lengths = Comprehension(function("math.prod", _SIZES), (_SIZES,), sizes)
    parts = method(tensor, "split", lengths, *([before] if before else []))
    each = _unfolded(_TENSOR, tensor, _SIZES, before, after)
    return lowered(Comprehension(each, (_TENSOR, _SIZES), function("zip", parts, sizes)))


def lower_parse_shape(pattern: Pattern, operand: str) -> Lowered:
    """`parse_shape` as a dictionary."""
    if not pattern.valid:
        raise Refusal("the pattern is not valid")
    groups = pattern.inputs[0].groups
    spread = next((k for k, group in enumerate(groups) if group.is_spread), len(groups))
    shape = Attribute(Name(operand), "shape")
    items = [
        (group.axes[0].name, Index(shape, (Number(k if k < spread else k - len(groups)),)))
        for k, group in enumerate(groups)
        if group.axes and not group.is_spread and group.axes[0].name != "_" and not group.axes[0].is_number
    ]
    return lowered(Dictionary(tuple(items)))


def lower_asnumpy(operand: str, style: Style = _STYLE) -> Lowered:
    """`asnumpy`."""
    name: Node = Name(operand)
    return lowered(method(method(method(name, "detach"), "cpu"), "numpy") if style.framework == "torch" else name)


def _around_star(pattern: Pattern) -> tuple[int, int]:
    if not pattern.valid:
        raise Refusal("the pattern is not valid")
    names = [axis.name for axis in pattern.inputs[0].axes]
    return names.index("*"), len(names) - names.index("*") - 1


def _middle(tensor: Node, before: int, after: int) -> Node:
    """The lengths that `*` stands for."""
    shape = Attribute(tensor, "shape")
    return Index(shape, (Slice(before or None, -after or None),)) if before or after else shape


def _flat(tensor: Node, before: int, after: int, rank: int | None, style: Style) -> Node:
    """The dimensions that `*` stands for as one."""
    if rank is not None and rank < before + after:
        raise Refusal("a tensor has fewer dimensions than the pattern")
    if style.framework == "torch" and rank is not None:
        covered = rank - before - after
        if covered == 0:
            return method(tensor, "unsqueeze", before)
        return tensor if covered == 1 else method(tensor, "flatten", before, rank - after - 1)
    return _reshaped(tensor, tensor, Number(-1), before, after)


def _unfolded(part: Node, whole: Node, sizes: Node, before: int, after: int) -> Node:
    """The packed dimension as the dimensions that it was made of."""
    return _reshaped(part, whole, Star(sizes), before, after)


def _reshaped(tensor: Node, whole: Node, middle: Node | Star, before: int, after: int) -> Node:
    """A tensor with the first and last lengths of `whole` around others."""
    if not before and not after and isinstance(middle, Star):
        return method(tensor, "reshape", middle.value)
    shape = Attribute(whole, "shape")
    lead: list[Node | Star] = [Index(shape, (Number(0),))] * before
    tail: list[Node | Star] = [Index(shape, (Number(-1),))] * after
    if before > 1:
        lead = [Star(Index(shape, (Slice(None, before),)))]
    if after > 1:
        tail = [Star(Index(shape, (Slice(-after, None),)))]
    return method(tensor, "reshape", *lead, middle, *tail)
