"""A list of tensors: where it is stacked or concatenated, instead of stacked and moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from einlint.rewrites.lowering.layout import Layout
from einlint.rewrites.lowering.tree import Call, Node, Number, function

_STACKS = {"torch.stack": "torch.cat", "np.stack": "np.concatenate"}


def stacked(layout: Layout) -> Layout:
    """`torch.stack(xs, 1)` for a stack that is transposed, `torch.cat(xs)` for one that is flattened."""
    return replace(layout, node=_simplified(layout.node))


def _simplified(node: Node) -> Node:
    if not isinstance(node, Call) or node.receiver is None:
        return node
    inner = _simplified(node.receiver)
    numbers = [arg.value for arg in node.args if isinstance(arg, Number)]
    at = _place(inner)
    if at == 0 and len(numbers) == len(node.args) and isinstance(inner, Call):
        place = _moved(node.function, numbers)
        if place is not None:
            return function(inner.function, inner.args[0], place)
    if at is not None and node.function == "flatten" and numbers == [at, at + 1] and isinstance(inner, Call):
        return function(_STACKS[inner.function], inner.args[0], *([at] if at else []))
    return replace(node, receiver=inner)


def _place(node: Node) -> int | None:
    """Where a stack puts its new dimension."""
    if not isinstance(node, Call) or node.function not in _STACKS:
        return None
    last = node.args[-1]
    return last.value if isinstance(last, Number) else 0


def _moved(name: str, numbers: Sequence[int]) -> int | None:
    """Where the first dimension goes, if all others stay in order."""
    if name in ("transpose", "swapaxes") and numbers == [0, 1]:
        return 1
    if name in ("permute", "transpose") and len(numbers) > 2 and [n for n in numbers if n] == sorted(numbers)[1:]:
        return numbers.index(0)
    return None
