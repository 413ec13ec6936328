"""einsum: diagonals first, then sums over labels of one operand, then the cheapest pair, until one tensor is left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import combinations

from einlint.patterns.model import Expression, Pattern
from einlint.rewrites.lowering import tree
from einlint.rewrites.lowering.arrows import start
from einlint.rewrites.lowering.chains import chained
from einlint.rewrites.lowering.labelled import dimensions, in_order, labels
from einlint.rewrites.lowering.layout import Layout, Run
from einlint.rewrites.lowering.lowered import Style
from einlint.rewrites.lowering.pairs import Pair, combined
from einlint.rewrites.lowering.sizes import SPREAD, Sizes, Source
from einlint.rewrites.lowering.tree import Attribute, Call, Index, Keyword, Name, Number, Operation, Slice, method
from einlint.rewrites.rewrite import Refusal


def contracted(pattern: Pattern, names: Sequence[str], ranks: Sequence[int | None], style: Style) -> Layout:
    """The equation over operands of these names; `ranks` are known where an ellipsis hides them, or None."""
    if not pattern.valid or pattern.output is None:
        raise Refusal("the equation is not valid")
    if len(names) != len(pattern.inputs):
        raise Refusal("the number of operands is not that of the equation")
    counts = [_covered(side, rank) for side, rank in zip(pattern.inputs, ranks, strict=True)]
    if None in counts:
        counts = [None for _ in counts]
    widest = max((count or 0 for count in counts), default=0)
    inputs = [_written(side, count) for side, count in zip(pattern.inputs, counts, strict=True)]
    output = _written(pattern.output, None if None in counts else widest)
    sources = [Source(Name(name), dimensions(side)) for name, side in zip(names, inputs, strict=True)]
    operands = _led([_diagonal(_operand(source, sources, style)) for source in sources])
    return chained(operands, output) or product(operands, output)


def _operand(source: Source, sources: Sequence[Source], style: Style) -> Layout:
    assert source.node is not None
    others = [each for each in sources if each is not source]
    return start(source.node, source.dims, Sizes([source, *others]), style)


def _covered(side: Expression, rank: int | None) -> int | None:
    """How many dimensions the ellipsis stands for; 0 where there is none."""
    if side.ellipsis is None:
        return 0
    if rank is None:
        return None
    if rank < len(side.groups) - 1:
        raise Refusal("an operand has fewer dimensions than its part of the equation")
    return rank - len(side.groups) + 1


def _led(operands: list[Layout]) -> list[Layout]:
    """Ellipses of several operands in front: of whatever lengths, they broadcast as one there and nowhere else."""
    spread = [one for one in operands if SPREAD in labels(one)]
    if len(spread) < 2 or all(labels(one)[0] == SPREAD for one in spread):
        return operands
    return [in_order(one, sorted(labels(one), key=lambda label: label != SPREAD)) for one in operands]


def _written(side: Expression, count: int | None) -> list[str]:
    """The labels of a side; dimensions of an ellipsis are counted from the last one, as they broadcast."""
    found: list[str] = []
    for axis in side.axes:
        if axis.is_ellipsis:
            found += [SPREAD] if count is None else [f"{SPREAD}{k}" for k in reversed(range(count))]
        else:
            found.append(axis.name)
    return found


def _diagonal(layout: Layout) -> Layout:
    """Labels that repeat in one operand, once."""
    own = labels(layout)
    for label in own:
        if own.count(label) > 1:
            first = own.index(label)
            second = own.index(label, first + 1)
            way = _diagonal_of if layout.style.diagonal else _every_other
            return _diagonal(way(layout, first, second))
    return layout


def _diagonal_of(layout: Layout, first: int, second: int) -> Layout:
    numbers = layout.at(first), layout.at(second)
    if numbers == (0, 1):
        code = method(layout.node, "diagonal")
    elif layout.style.framework == "numpy":
        code = method(layout.node, "diagonal", 0, *numbers)
    else:
        pairs = zip(("dim1", "dim2"), numbers, strict=True)
        code = method(layout.node, "diagonal", *(Keyword(name, Number(at)) for name, at in pairs))
    rest = [d for k, d in enumerate(layout.dims) if k not in (first, second)]
    return layout.become(code, [*rest, layout.dims[first]])


def _every_other(layout: Layout, first: int, second: int) -> Layout:
    """A diagonal as every so many elements of the flattened matrix."""
    rest = [k for k in range(len(layout.dims)) if k not in (first, second)]
    flat = layout.permute([*rest, first, second]).merge([*[Run(1)] * len(rest), Run(2)])
    step = Operation("+", layout.sizes.of(labels(layout)[first]), Number(1))
    code = Index(flat.node, (*["..."] * bool(rest), Slice(None, None, step)))
    return layout.become(code, [*(layout.dims[k] for k in rest), layout.dims[first]])


def product(operands: list[Layout], output: Sequence[str]) -> Layout:
    """Tensors whose dimensions are one label each as one tensor with the labels of the output, in order."""
    while len(operands) > 1:
        operands = [_summed(one, _kept(operands, [one], output)) for one in operands]
        at = min(combinations(range(len(operands)), 2), key=lambda pair: _size(operands, pair, output))
        pair = [operands[k] for k in at]
        rest = [one for one in operands if one not in pair]
        kept = _kept(operands, pair, output)
        made = combined(Pair(pair[0], pair[1], kept, None if rest else output))
        operands = [made if k == at[0] else one for k, one in enumerate(operands) if k != at[1]]
    return in_order(_summed(operands[0], output), output)


def _kept(operands: Sequence[Layout], some: Sequence[Layout], output: Sequence[str]) -> set[str]:
    """The labels that others, or the output, need."""
    return {*output, *(each for one in operands if all(one is not each for each in some) for each in labels(one))}


def _summed(layout: Layout, kept: Collection[str]) -> Layout:
    gone = [k for k, each in enumerate(labels(layout)) if each not in kept]
    if SPREAD in labels(layout) and SPREAD not in kept:
        if layout.style.framework == "numpy":
            raise Refusal("numpy takes no ellipsis that is summed")
        return _summed(layout.reduce_spread("sum", some=False), kept)
    made = layout.reduce("sum", gone)
    operands = set(tree.names(layout.node))
    if gone and layout.style.framework == "numpy" and len(operands) == 1 and isinstance(made.node, Call):
        # `sum` widens short integers, `numpy.einsum` does not
        kept_dtype = Keyword("dtype", Attribute(Name(operands.pop()), "dtype"))
        return made.become(replace(made.node, args=(*made.node.args, kept_dtype)), made.dims)
    return made


def _size(operands: Sequence[Layout], pair: tuple[int, int], output: Sequence[str]) -> tuple[int, int, tuple[int, int]]:
    """The number of labels that a product runs over, then that of its result."""
    some = [operands[k] for k in pair]
    every = {each for one in some for each in labels(one)}
    return len(every), len(every & _kept(operands, some, output)), pair
