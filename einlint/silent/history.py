"""Back along the steps that made a tensor: which dimension of an earlier one a dimension is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from einlint.axes import constant
from einlint.shapes.objects import Known, Step
from einlint.silent.pairing import aligned
from einlint.silent.written import others_of

CONTRACTIONS = frozenset({"einsum", "matmul", "bmm", "@", "baddbmm", "tensordot"})
SOFTMAX = frozenset({"softmax", "Softmax", "softmax2d"})
_KEPT = frozenset(
    """dropout Dropout Identity contiguous clone detach float half bfloat16 to type type_as astype double masked_fill
    clamp clip relu nan_to_num""".split()
)
_SCALED = frozenset({"+", "-", "*", "/", "add", "sub", "mul", "div"})
_MOST_STEPS = 12


def argument(step: Step, place: int, names: tuple[str, ...] = ("dim", "axis")) -> Any:
    """A constant argument of a call, `place` counted after the tensor: None where not given, `...` where unknown."""
    node = step.node
    if not isinstance(node, ast.Call):
        return ...
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    found = next((given[name] for name in names if name in given), None)
    others = others_of(step, node)
    if found is None and place < len(others):
        found = others[place]
    if found is None:
        return ... if None in given else None
    return numbers(found)


def numbers(node: ast.expr) -> Any:
    """An integer or a tuple of integers that is written out, else `...`."""
    if isinstance(node, (ast.Tuple, ast.List)):
        items = [numbers(each) for each in node.elts]
        return tuple(items) if all(isinstance(item, int) for item in items) else ...
    value = constant(node)
    return value[0] if value is not None and (value[0] is None or type(value[0]) is int) else ...


def moved_from(step: Step, place: int) -> tuple[Known, int] | None:
    """The operand and its dimension that a dimension of a result is, for steps that keep or move dimensions."""
    if not step.operands:
        return None
    tensor, rank = step.operands[0], len(step.operands[0].dims)
    if step.function in _KEPT:
        return tensor, place
    order = permutation(step, rank)
    return None if order is None or place >= len(order) else (tensor, order[place])


def permutation(step: Step, rank: int) -> list[int] | None:
    """The order of dimensions that a step gives its operand, None for one that does something else."""
    name = step.function
    if name in ("mT", "mH", "adjoint") and rank > 1:
        return [*range(rank - 2), rank - 1, rank - 2]
    if name in ("T", "t"):
        return list(range(rank))[::-1]
    if name in ("transpose", "swapaxes", "swapdims", "permute"):
        given = _positions(step)
        if given is None:
            return list(range(rank))[::-1] if name == "transpose" and _is_bare(step) else None
        if not all(-rank <= at < rank for at in given):
            return None
        places = [at % rank for at in given]
        is_order = name == "permute" or name == "transpose" and step.what.startswith(("ndarray", "numpy"))
        if not is_order and len(places) == 2:
            order = list(range(rank))
            order[places[0]], order[places[1]] = order[places[1]], order[places[0]]
            return order
        return places if len(places) == rank else None
    if step.reading is not None and name == "rearrange":
        return _of_pattern(step)
    return None


def _is_bare(step: Step) -> bool:
    return isinstance(step.node, ast.Call) and not step.node.args and not step.node.keywords


def _positions(step: Step) -> list[int] | None:
    node = step.node
    if not isinstance(node, ast.Call):
        return None
    written = [*others_of(step, node), *(keyword.value for keyword in node.keywords)]
    values = [numbers(each) for each in written]
    if len(values) == 1 and isinstance(values[0], tuple):
        values = list(values[0])
    return values if values and all(type(value) is int for value in values) else None


def _of_pattern(step: Step) -> list[int] | None:
    reading = step.reading
    assert reading is not None
    if reading.pattern.output is None:
        return None
    left, right = reading.pattern.inputs[0].groups, reading.pattern.output.groups
    plain = all(len(group.axes) == 1 and not group.is_spread for group in (*left, *right))
    if not plain:
        return None
    before, after = ([group.axes[0].name for group in groups] for groups in (left, right))
    return [before.index(name) for name in after] if sorted(before) == sorted(after) else None


def contracted(step: Step) -> Iterator[tuple[int, int]]:
    """The operands and their dimensions that a contraction sums over."""
    if step.reading is not None:
        output = step.reading.pattern.output
        kept = {axis.name for axis in output.axes} if output is not None else set()
        for at, (expression, tensor) in enumerate(zip(step.reading.pattern.inputs, step.operands, strict=False)):
            for group, place in aligned(expression, range(len(tensor.dims))):
                if group.axes and group.axes[0].name not in kept:
                    yield at, place
    elif len(step.operands) == 2 and step.function != "tensordot":
        left, right = (len(tensor.dims) for tensor in step.operands)
        if left and right:
            yield 0, left - 1
            yield 1, max(right - 2, 0)


def softmaxed(tensor: Known, place: int) -> tuple[Step, int, int] | None:
    """The softmax that a tensor comes from by keeping and moving dimensions.

    Gives its step, the dimension it runs over, and what the asked dimension is there.
    """
    for _ in range(_MOST_STEPS):
        step = tensor.made
        if step is None:
            return None
        if step.function in SOFTMAX:
            over = _dimension_of(step)
            rank = len(tensor.dims)
            return (step, over % rank, place) if type(over) is int and -rank <= over < rank else None
        found = moved_from(step, place)
        if found is None:
            return None
        tensor, place = found
    return None


def _dimension_of(step: Step) -> Any:
    """The dimension that a softmax was given, where it is called or where the layer was made."""
    if step.layer is None:
        return argument(step, 0)
    positional, named = step.layer.arguments or ((), {})
    return named.get("dim", positional[0] if positional else None)


def _is_mixing(step: Step, tensor: Known, place: int) -> bool:
    """Whether a layer keeps the length of a dimension: heads that talk to each other stay heads."""
    return step.function in ("Linear", "Conv2d") and step.operands[0].shape[place] == tensor.shape[place]


def _mixed_by_matrix(step: Step) -> tuple[Known, list[int | None]] | None:
    """Scores of which a matrix mixes one axis, as heads that talk do, and the place of each dimension there.

    None stands for the dimension that comes of the matrix.
    """
    if step.reading is None or step.reading.pattern.output is None or len(step.operands) != 2:
        return None
    output = [group.text for group in step.reading.pattern.output.groups]
    sides = [[group.text for group in each.groups] for each in step.reading.pattern.inputs]
    for whole, matrix in ((0, 1), (1, 0)):
        source, others = sides[whole], sides[matrix]
        made = [name for name in output if name not in source]
        if len(others) == 2 and len(made) == 1 and made[0] in others and len(source) == len(output):
            tensor = step.operands[whole]
            square = len(set(step.operands[matrix].shape)) == 1
            if (square or len(source) > 3) and scores(tensor, 0) is not None:
                return tensor, [None if name in made else source.index(name) for name in output]
    return None


def scores(tensor: Known, place: int) -> tuple[Step, int] | None:
    """The contraction of two tensors that a tensor is, scaled, masked, shifted, moved or mixed by a matrix, and the
    dimension there; None for a dimension that comes of such a matrix."""
    for _ in range(_MOST_STEPS):
        step = tensor.made
        if step is None:
            return None
        if step.function in CONTRACTIONS:
            mixed = _mixed_by_matrix(step)
            if mixed is None:
                return (step, place) if len(step.operands) == 2 else None
            tensor, places = mixed
            source = places[place]
            if source is None:
                return None
            place = source
            continue
        if step.function in _SCALED:
            alike = [each for each in step.operands if len(each.dims) == len(tensor.dims)]
            made = [each for each in alike if each.made is not None]
            return next((deeper for each in made if (deeper := scores(each, place)) is not None), None)
        moved = moved_from(step, place)
        if moved is None:
            if (
                not step.operands
                or len(step.operands[0].dims) != len(tensor.dims)
                or not _is_mixing(step, tensor, place)
            ):
                return None
            moved = step.operands[0], place
        tensor, place = moved
    return None
