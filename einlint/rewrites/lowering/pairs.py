"""Two labelled tensors as one: a product of elements, of matrices, or `tensordot`.

Labels are batch (in both, and kept), summed (in both, not kept), left or right (in one). Every orientation is written,
and the shortest is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from einlint.rewrites.lowering import tree
from einlint.rewrites.lowering.labelled import cost, dimensions, folded, in_order, labels, permuted
from einlint.rewrites.lowering.layout import UNIT, Layout, Run
from einlint.rewrites.lowering.lowered import Style
from einlint.rewrites.lowering.sizes import SPREAD
from einlint.rewrites.lowering.tree import Attribute, Items, Node, Number, Operation, function
from einlint.rewrites.rewrite import Refusal


@dataclass(frozen=True)
class Pair:
    """Two tensors and the labels that outlive them; `order` is the result's, where something asks for one."""

    left: Layout
    right: Layout
    kept: Collection[str]
    order: Sequence[str] | None = None

    @property
    def batch(self) -> list[str]:
        return [each for each in labels(self.left) if each in labels(self.right) and each in self.kept]

    @property
    def summed(self) -> list[str]:
        return [each for each in labels(self.left) if each in labels(self.right) and each not in self.kept]

    @property
    def rows(self) -> list[str]:
        """What only the left tensor has."""
        return [each for each in labels(self.left) if each not in labels(self.right)]

    @property
    def columns(self) -> list[str]:
        """What only the right tensor has."""
        return [each for each in labels(self.right) if each not in labels(self.left)]

    @property
    def turned(self) -> Pair:
        return replace(self, left=self.right, right=self.left)


def combined(pair: Pair) -> Layout:
    """The product, summed over what is not kept, in the order asked for."""
    in_place = _channels(pair) or _channels(pair.turned)
    if in_place is not None:
        return in_place
    ways = _ways(pair)
    found: list[Layout] = []
    refusals: list[Refusal] = []
    for way in ways:
        for each in (pair, pair.turned):
            try:
                found.extend(one if pair.order is None else in_order(one, pair.order) for one in way(each))
            except Refusal as refusal:
                refusals.append(refusal)
    if not found:
        raise refusals[0]
    return min(found, key=lambda one: (pair.left.style.in_order and not _in_order(one, pair), *cost(one)))


def _in_order(made: Layout, pair: Pair) -> bool:
    """Whether a product reads the operands once and in the order of the pair."""
    return [*tree.names(made.node)] == [*tree.names(pair.left.node), *tree.names(pair.right.node)]


def _ways(pair: Pair) -> Sequence[Callable[[Pair], Iterator[Layout]]]:
    style = pair.left.style
    if not pair.summed:
        return (_elements,)
    if style.multiply_sum:
        return (_sums,)
    is_vector = bool(pair.batch) and not (pair.rows and pair.columns)
    return (_matrices, _tensordot, _sums) if is_vector and not style.exact else (_matrices, _tensordot)


def _sums(pair: Pair) -> Iterator[Layout]:
    """Elements multiplied, then summed: in float32 under autocast, and short integers are widened."""
    natural = [*pair.batch, *pair.rows, *pair.columns]
    for order in [natural] if pair.order is None else [natural, list(pair.order)]:
        for product in _elements(replace(pair, order=[*order, *pair.summed])):
            if labels(product)[len(order) :] == pair.summed:
                made = product.reduce("sum", range(len(order), len(product.dims)))
                yield replace(made, note="holds the product of all elements in memory")


def _elements(pair: Pair) -> Iterator[Layout]:
    """Elements multiplied, with dimensions of length 1 where one tensor lacks a label."""
    orders = [[*labels(pair.left), *pair.columns], [*pair.batch, *pair.summed, *pair.rows, *pair.columns]]
    if SPREAD in pair.rows:
        orders.append([*pair.rows, *labels(pair.right)])
    for order in ([pair.order] if pair.order is not None else []) + orders:
        if SPREAD in pair.batch and order[0] != SPREAD:
            continue  # ellipses of different lengths broadcast from the last dimension on
        if not all(_aligns(one, order) for one in (pair.left, pair.right)):
            continue
        left, right = (_aligned(one, order) for one in (pair.left, pair.right))
        first, last = (right, left) if _is_product_last(left, right, len(order)) else (left, right)
        yield left.become(Operation("*", first.node, last.node), dimensions(order))


def _aligns(layout: Layout, order: Sequence[str]) -> bool:
    """Whether a tensor broadcasts in an order: none of its labels stands before an ellipsis that it lacks."""
    own = labels(layout)
    if SPREAD in own or SPREAD not in order:
        return True
    return not any(each in own for each in order[: order.index(SPREAD)])


def _is_product_last(left: Layout, right: Layout, rank: int) -> bool:
    """Whether a product of operands changes places with the single operand that it is multiplied by.

    Backward, the gradient of the first factor is held while that of the last is made: where both are broadcast, the
    single operand first needs no more memory than `torch.einsum`, the product first 2 % more (the Mamba input).
    """
    if left.style.in_order or left.style.framework == "numpy":
        return False
    broadcast = all(sum(bool(d.axes) for d in one.dims) < rank for one in (left, right))
    return broadcast and len([*tree.names(left.node)]) > 1 == len([*tree.names(right.node)])


def _aligned(layout: Layout, order: Sequence[str]) -> Layout:
    """The tensor with its labels in order and length 1 in between, so that it broadcasts."""
    moved = in_order(layout, [each for each in order if each in labels(layout)])
    if not moved.dims:
        return moved
    first = order.index(labels(moved)[0])
    absent = [at for at in range(first, len(order)) if order[at] not in labels(layout)]
    return moved.insert([at - first for at in absent])


def _matrices(pair: Pair) -> Iterator[Layout]:
    """One product of matrices: batch labels lead, several labels of one role are one dimension.

    Where vectors of a batch are rows, they stand on the left.
    """
    style = pair.left.style
    if _has_rows(style) and not style.in_order and pair.batch and pair.rows and not pair.columns:
        return
    batches = [pair.batch, pair.turned.batch]
    if pair.order is not None:
        batches.append([each for each in pair.order if each in pair.batch])
    for batch in _distinct(batches):
        if SPREAD in batch[1:]:
            continue  # as above
        for summed in _distinct([pair.summed, pair.turned.summed]):
            for rows in _distinct([pair.rows, _ordered(pair.rows, pair.order)]):
                made = _matrix(pair, batch, rows, summed, _ordered(pair.columns, pair.order))
                yield _apart(made)
                yield _apart(_arranged(made, pair.order))


def _matrix(pair: Pair, batch: list[str], rows: list[str], summed: list[str], columns: list[str]) -> Layout:
    if SPREAD in summed or SPREAD in columns and not batch:
        raise Refusal("how many dimensions the ellipsis stands for is not known")
    if batch and SPREAD in (*rows, *columns) and pair.left.sizes.spreads > 1:
        raise Refusal("how many dimensions each ellipsis stands for is not known")
    lead, wide = [[each] for each in batch], [columns] if columns else []
    outer = [rows] if batch and rows else [[each] for each in rows]
    left = folded(pair.left, [*lead, *outer, summed], rows if batch else ())
    if batch and not rows:
        left = left.insert([len(batch)])
    right = (
        _column(pair, lead, summed) if batch and not columns else folded(pair.right, [*lead, summed, *wide], columns)
    )
    made = left.become(_matmul(left, right, batch), [*left.dims[:-1], *right.dims[len(batch) + 1 :]])
    return made.squeeze([k for k, d in enumerate(made.dims) if d == UNIT])


def _apart(made: Layout) -> Layout:
    """One dimension for each label, and those of the ellipsis; there may be none of these."""
    if not any(SPREAD in d.axes and not d.spread for d in made.dims):
        return made.split()
    return made.reshape(dimensions(each for d in made.dims for each in d.axes))


def _arranged(made: Layout, order: Sequence[str] | None) -> Layout:
    """The dimensions moved while those of several labels are still one, where that is the order asked for."""
    if order is None:
        return made
    places = sorted(range(len(made.dims)), key=lambda k: order.index(made.dims[k].axes[0]))
    there = [each for k in places for each in made.dims[k].axes] == list(order)
    return permuted(made, places) if there else made


def _has_rows(style: Style) -> bool:
    """Whether vectors of a batch are rows and never columns: the CPU multiplies those several times faster in torch."""
    return style.framework == "torch" and style.matrix_transpose


def _column(pair: Pair, lead: Sequence[Sequence[str]], summed: Sequence[str]) -> Layout:
    """Vectors as matrices of one column, or as rows transposed."""
    vectors = folded(pair.right, [*lead, summed])
    if not _has_rows(pair.left.style):
        return vectors.insert([len(lead) + 1])
    rows = vectors.insert([len(lead)])
    return permuted(rows, [*range(len(lead)), len(lead) + 1, len(lead)])


def _matmul(left: Layout, right: Layout, batch: Sequence[str]) -> Node:
    """`@`, or `F.linear` where the right side is the transpose of a matrix of weights."""
    if left.style.framework == "torch" and len(left.dims) > 2 and len(right.dims) == 2 and not batch:
        match right.node:
            case Attribute(value=weight, name="T"):
                return function("F.linear", left.node, weight)
    return Operation("@", left.node, right.node)


def _channels(pair: Pair) -> Layout | None:
    """`b c h w, o c -> b o h w`: what stands behind the channels is one label meanwhile, so nothing is copied."""
    style, order = pair.left.style, list(pair.order or ())
    if (
        style.framework != "torch"
        or style.multiply_sum
        or pair.batch
        or len(pair.summed) != 1
        or len(pair.columns) != 1
    ):
        return None
    at = labels(pair.left).index(pair.summed[0])
    lead, tail = labels(pair.left)[:at], labels(pair.left)[at + 1 :]
    if not lead or len(tail) < 2 or order != [*lead, *pair.columns, *tail] or SPREAD in order:
        return None
    flat = pair.left.merge([Run(1)] * (at + 1) + [Run(len(tail))])
    swap = [*range(at), at + 1, at]
    left, right = permuted(flat, swap), in_order(pair.right, [*pair.summed, *pair.columns])
    made = left.become(_matmul(left, right, []), [*left.dims[:-1], *right.dims[1:]])
    return permuted(made, swap).split()


def _tensordot(pair: Pair) -> Iterator[Layout]:
    """Where there is no batch and something is one dimension of several labels otherwise."""
    style = pair.left.style
    allowed = style.tensordot or (style.in_order and style.framework == "numpy")
    if not allowed or pair.batch or max(len(pair.summed), len(pair.columns)) < 2:
        return
    if any(d.spread for d in (*pair.left.dims, *pair.right.dims)):
        return
    name = "torch.tensordot" if pair.left.style.framework == "torch" else "np.tensordot"
    places = [[labels(one).index(each) for each in pair.summed] for one in (pair.left, pair.right)]
    count = len(pair.summed)
    if places == [list(range(len(pair.left.dims) - count, len(pair.left.dims))), list(range(count))]:
        dims: Node = Number(count)
    else:
        dims = Items(tuple(Items(tuple(map(Number, some)), "[]") for some in places))
    code = function(name, pair.left.node, pair.right.node, dims)
    yield pair.left.become(code, dimensions([*pair.rows, *pair.columns]))


def _ordered(some: list[str], order: Sequence[str] | None) -> list[str]:
    return some if order is None else [each for each in order if each in some]


def _distinct(lists: Sequence[list[str]]) -> list[list[str]]:
    return [one for at, one in enumerate(lists) if one not in lists[:at]]
