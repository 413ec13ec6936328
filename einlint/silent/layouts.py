"""Reshapes that make a layout in memory on purpose, as kernels want it: names of axes say nothing about them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from einlint.dimensions import ONE, Dim
from einlint.dimensions.alignment import same_length
from einlint.lazily import regex
from einlint.names import last_name
from einlint.shapes.objects import Known, Step
from einlint.shapes.run import Run

RESHAPES = frozenset({"view", "reshape", "view_as", "reshape_as"})
_MOVES = ("permute", "transpose", "swapaxes", "movedim", "moveaxis")
_REORDERS = frozenset({*RESHAPES, *_MOVES, "contiguous", "clone"})
_MOST_STEPS = 10
_SHIFTS = (ast.LShift, ast.RShift)
_BIT_FUNCTIONS = frozenset({"bitwise_and", "bitwise_or", "bitwise_left_shift", "bitwise_right_shift"})
_NUMBERS = regex(r"(b?float|u?int)\d\w*")


def is_for_a_kernel(run: Run, step: Step, sizes: Sequence[Dim]) -> bool:
    """Whether a reshape to these lengths packs bits, makes tiles, or orders bytes otherwise under the same shape."""
    return packs_bits(run) or _is_read_as_bytes(run, step) or _is_swizzle(step.operands[0], sizes) or _keeps_shape(step)


def _keeps_shape(step: Step) -> bool:
    """`x.permute(0, 2, 3, 1).contiguous().view(*x.shape)`: channels last in memory, first in the shape."""
    made = step.operands[0].made
    moved = made.operands[0].made if made is not None and made.function == "contiguous" and made.operands else None
    if moved is None or moved.function not in _MOVES or not isinstance(step.node, ast.Call) or not step.node.args:
        return False
    shape = step.node.args[-1]
    shape = shape.value if isinstance(shape, ast.Starred) else shape
    return isinstance(shape, ast.Attribute) and shape.attr == "shape" and ast.unparse(shape.value) == moved.written(0)


def nodes_read(run: Run) -> Iterator[ast.AST]:
    """The nodes of the function that is read; none outside of functions."""
    return ast.walk(run.active[-1]) if run.active else iter(())


def packs_bits(run: Run) -> bool:
    """Whether the function that is read shifts bits: it packs small numbers as a kernel reads them."""
    return any(
        isinstance(node, (ast.BinOp, ast.AugAssign))
        and isinstance(node.op, _SHIFTS)
        or isinstance(node, ast.Call)
        and last_name(node.func) in _BIT_FUNCTIONS
        for node in nodes_read(run)
    )


def _is_read_as_bytes(run: Run, step: Step) -> bool:
    """Whether the function reads what is reshaped, or a part of it, as other numbers, too: `x.view(torch.float16)`."""
    read = {_root(node.func) for node in nodes_read(run) if isinstance(node, ast.Call) and _reads(node)}
    if not read:
        return False
    origins, made = set[str](), step
    for _ in range(_MOST_STEPS):
        origins |= {_root(node) for node in made.nodes[:1]}
        if not made.operands or made.operands[0].made is None:
            break
        made = made.operands[0].made
    for node in nodes_read(run):
        if isinstance(node, ast.Assign) and _root(node.value) in origins:
            origins |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return not origins.isdisjoint(read - {""})


def _reads(node: ast.Call) -> bool:
    name = last_name(node.args[0]) if len(node.args) == 1 and last_name(node.func) == "view" else ""
    return _NUMBERS.fullmatch(name) is not None


def _root(node: Any) -> str:
    """The name that an expression begins with: `x` of `x[0].contiguous().view(-1)`."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def rewrites_memory(run: Run, name: str) -> bool:
    """Whether the function that is read fills a tensor through a flat view of it: `x.reshape(-1).copy_(y)`."""
    filled = (
        node.func.value.func
        for node in nodes_read(run)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "copy_"
        and isinstance(node.func.value, ast.Call)
    )
    return any(
        isinstance(view, ast.Attribute) and view.attr in RESHAPES and ast.unparse(view.value) == name for view in filled
    )


def _is_swizzle(tensor: Known, sizes: Sequence[Dim]) -> bool:
    """Whether two dimensions or more were split, moved and are merged to the very shape from before: tiles of a layout
    in memory. Where the shape from before is not known, the tiles have numbers as lengths.
    """
    is_moved, reshapes = False, 0
    while (made := tensor.made) is not None and len(made.operands) == 1 and made.function in _REORDERS:
        is_moved |= made.function in _MOVES
        reshapes += made.function in RESHAPES
        rank, tensor = len(tensor.dims), made.operands[0]
        if reshapes == 1 and is_moved and rank > len(sizes) + 1 and _have(tensor, sizes):
            return True
    if not is_moved or made is not None or len(tensor.dims) < len(sizes) + 2:
        return False
    return sum(size != ONE and size.constant is not None for size in tensor.shape) > 1


def _have(tensor: Known, sizes: Sequence[Dim]) -> bool:
    """Whether a tensor has these lengths, where their floor divisions are exact."""
    return len(tensor.dims) == len(sizes) and all(map(same_length, tensor.shape, sizes))
