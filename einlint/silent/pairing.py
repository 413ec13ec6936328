"""Which axes of its operands an operation goes through together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TypeVar

from einlint.patterns.model import Expression, Group
from einlint.program.terms import Axis
from einlint.program.value import Dimension, length_of
from einlint.shapes.objects import Known, Step

T = TypeVar("T")

ELEMENTWISE = frozenset(
    """+ - * / // ** % add sub subtract mul multiply div divide true_divide where maximum minimum addcmul lerp mse_loss
    l1_loss smooth_l1_loss""".split()
)
_ATTENTION = "scaled_dot_product_attention"
_STACKS = frozenset({"stack", "column_stack", "dstack"})
_PRODUCTS = frozenset({"@", "matmul", "bmm", "mm"})
PAIRING = ELEMENTWISE | _STACKS | _PRODUCTS | {"einsum", _ATTENTION}
"""Operations that go through axes of several operands together."""


def paired(step: Step) -> Iterator[list[Dimension]]:
    """Dimensions that one index runs over, each list for one index."""
    if step.reading is not None and step.function == "einsum":
        yield from _labelled(step)
    elif len(step.operands) < 2:
        return
    elif step.function in ELEMENTWISE or step.function in _STACKS:
        yield from _from_the_right([tensor.dims for tensor in step.operands])
    elif step.function in _PRODUCTS and len(step.operands) == 2:
        yield from _product(*step.operands)
    elif step.function == _ATTENTION and len(step.operands) >= 3:
        query, key, value = (tensor.dims for tensor in step.operands[:3])
        yield from _from_the_right([query[:-2], key[:-2], value[:-2]])
        yield [key[-2], value[-2]]
        yield [query[-1], key[-1]]


def aligned(expression: Expression, dims: Sequence[T]) -> list[tuple[Group, T]]:
    """The groups of a pattern with the dimensions, or their numbers, that they stand for, without an ellipsis."""
    groups = expression.groups
    star = None
    if expression.ellipsis is not None:
        star = next((at for at, group in enumerate(groups) if group.is_spread), None)
    if star is None:
        return list(zip(groups, dims, strict=True)) if len(groups) == len(dims) else []
    after = len(groups) - star - 1
    return [*zip(groups[:star], dims, strict=False), *zip(groups[star + 1 :], dims[len(dims) - after :], strict=False)]


def _labelled(step: Step) -> Iterator[list[Dimension]]:
    assert step.reading is not None
    found: dict[str, list[Dimension]] = {}
    for expression, tensor in zip(step.reading.pattern.inputs, step.operands, strict=False):
        for group, dimension in aligned(expression, tensor.dims):
            found.setdefault(group.axes[0].name if group.axes else "1", []).append(dimension)
    yield from found.values()


def _from_the_right(shapes: Sequence[Sequence[Dimension]]) -> Iterator[list[Dimension]]:
    for dimensions in zip_longest(*(reversed(shape) for shape in shapes)):
        yield [dimension for dimension in dimensions if dimension]


def _product(one: Known, other: Known) -> Iterator[list[Dimension]]:
    left, right = one.dims, other.dims
    yield from _from_the_right([left[:-2], right[:-2]])
    if left and right:
        yield [left[-1], right[-2] if len(right) > 1 else right[-1]]


def equally_long(dimensions: Sequence[Dimension]) -> list[Dimension]:
    """Those of the length of the first that is not 1."""
    long = [dimension for dimension in dimensions if dimension]
    return [dimension for dimension in long if length_of(dimension) == length_of(long[0])]


def columns(dimensions: Sequence[Dimension]) -> Iterator[Sequence[Axis]]:
    """Axes that run together in dimensions that do: those of dimensions of one axis each, and the equally long ones of
    dimensions of as many axes, of which all but one are equally long."""
    yield [dimension[0] for dimension in equally_long(dimensions) if len(dimension) == 1]
    for count in {len(dimension) for dimension in dimensions} - {0, 1}:
        alike = list(zip(*(d for d in dimensions if len(d) == count), strict=True))
        known = [column for column in alike if len({axis.size for axis in column}) == 1]
        if len(known) >= count - 1:
            yield from known
