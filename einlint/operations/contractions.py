"""einsum and everything that is one: matrix products, outer products, linear layers, traces."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import reduce
from typing import Any

from einlint.dimensions import ONE, ZERO, dim
from einlint.dimensions.dim import product
from einlint.lazily import replace
from einlint.operations.arithmetic import common_size, is_exact, pointwise, promoted
from einlint.operations.fallback import aligned, with_body
from einlint.operations.reductions import reduced
from einlint.operations.repeats import expand
from einlint.operations.segments import cut
from einlint.operations.structure import number_of, transpose, unsqueeze
from einlint.operations.table import denotes
from einlint.program.alignment import refined, widest
from einlint.program.deciding import decider, equal, require, require_equal
from einlint.program.terms import Linear, Unprovable, is_finite_term, multiply, number, subs, total
from einlint.program.value import BLANK, Dimension, Value, fresh, opaque, regroup

Label = Hashable


def contract(
    operands: Sequence[Value], labels: Sequence[Sequence[Label]], output: Sequence[Label], ones: bool = True
) -> Value:
    """The sum over absent labels of the product of operands; `ones` lets a length of 1 fit any other."""
    pairs = [without_repeats(fresh(v), list(n)) for v, n in zip(operands, labels, strict=True)]
    values, names = [value for value, _ in pairs], [each for _, each in pairs]
    every = list(dict.fromkeys(label for each in names for label in each))
    if ones and decider().by_shape:
        found: dict[Label, list[Dimension]] = {label: [] for label in every}
        for value, each in zip(values, names, strict=True):
            for label, dimension in zip(each, value.dims, strict=True):
                found[label].append(dimension)
        table = {label: widest(dimensions) for label, dimensions in found.items()}
        return Value(tuple([table[label] for label in output]), BLANK, promoted(operands), False, _conditions(operands))
    places: list[list[int | None]] = []
    for label in every:
        held = {i: each.index(label) for i, each in enumerate(names) if label in each}
        sizes = [values[i].shape[p] for i, p in held.items()]
        wide = common_size(sizes) if ones else sizes[0]
        for i, p in held.items():
            if not ones:
                require_equal(values[i].shape[p], wide, "sizes of a contraction differ")
            elif values[i].shape[p] != wide and not _same_size(values[i], p, wide):
                unit = {axis.name: dim(0) for axis in values[i].dims[p]}
                values[i] = replace(values[i], body=subs(values[i].body, unit))
                held = {**held, i: -1}
        places.append([p if (p := held.get(i, -1)) >= 0 else None for i in range(len(values))])
    shared, common = aligned(values, places)
    table = dict(zip(every, common, strict=True))
    dtype = promoted(operands)
    if len({v.dtype for v in operands}) > 1 or dtype == "bool":
        decider().admit("a contraction of bool or of several dtypes")
    result = Value(tuple(table[label] for label in output), Linear(()), dtype, False, _conditions(operands))
    if decider().by_shape:
        return result
    if not is_exact(dtype) or dtype == "bool":
        return opaque(result.shape, result)
    gone = [label for label in every if label not in output]
    alone = any(None in place for place, label in zip(places, every, strict=True) if label in gone)
    if gone and (len(shared) > 2 or alone) and not all(is_finite_term(v.body) for v in shared):
        # libraries sum in an order of their own, which shows where a factor is not finite
        decider().admit("a contraction of values that may not be finite")
    summed = [axis for label in gone for axis in table[label]]
    return with_body(result, lambda: total(reduce(multiply, (value.body for value in shared), number(1)), summed))


def _same_size(value: Value, position: int, wide: Any) -> bool:
    return equal(value.shape[position], wide) if value.shape[position] != ONE else wide == ONE


def _conditions(values: Sequence[Value]) -> frozenset[tuple[str, ...]]:
    return frozenset().union(*(v.conditions for v in values))


def without_repeats(value: Value, labels: list[Label]) -> tuple[Value, list[Label]]:
    """The diagonal over labels that occur twice in one operand."""
    require(len(labels) == len(value.dims), "rank and labels differ")
    for label in dict.fromkeys(labels):
        while labels.count(label) > 1:
            first = labels.index(label)
            second = labels.index(label, first + 1)
            sizes = value.shape[first], value.shape[second]
            if not equal(*sizes):
                short = any(equal(size, least) for size in sizes for least in (ZERO, ONE))  # numpy lets these pass
                require(short, "a repeated label has two lengths")
                raise Unprovable("a label of different lengths")
            value = diagonal_of(value, first, second, first)
            del labels[second]
    return value, labels


def diagonal_of(value: Value, first: int, second: int, place: int) -> Value:
    """The elements where two equally long dimensions agree; the shared one stands at `place`."""
    if not equal(value.shape[first], value.shape[second]):
        raise Unprovable("a diagonal of different lengths")
    if decider().by_shape:
        kept = [d for at, d in enumerate(value.dims) if at not in (first, second)]
        return replace(value, dims=(*kept[:place], value.dims[first], *kept[place:]), contiguous=False)
    shared, table = refined([value.dims[first], value.dims[second]])
    dims = [d for at, d in enumerate(value.dims) if at not in (first, second)]
    dims.insert(place, shared)
    return replace(value, dims=tuple(dims), body=subs(value.body, table), contiguous=False)


def matmul(x: Value, y: Value) -> Value:
    """x @ y with broadcast batch dimensions."""
    require(bool(x.dims) and bool(y.dims), "a scalar in a matrix product")
    batch = max(len(x.dims), len(y.dims), 2) - 2
    left, right = [f"b{batch - k}" for k in range(max(len(x.dims) - 2, 0), 0, -1)], []
    left = [f"b{k}" for k in range(batch - max(len(x.dims) - 2, 0), batch)]
    right = [f"b{k}" for k in range(batch - max(len(y.dims) - 2, 0), batch)]
    inner = (x.shape[-1], y.shape[-2] if len(y.dims) > 1 else y.shape[0])
    require_equal(*inner, "the inner sizes of a matrix product differ")
    rows, columns = ["i"] if len(x.dims) > 1 else [], ["j"] if len(y.dims) > 1 else []
    output = [f"b{k}" for k in range(batch)] + rows + columns
    result = contract([x, y], [left + rows + ["k"], [*right, "k", *columns]], output)
    return replace(result, contiguous=True)


@denotes("T.matmul", "numpy.matmul", "T.__matmul__", "numpy.linalg.matmul")
def matmul_(x: Value, other: Value) -> Value:
    return matmul(x, other)


def _ranked(name: str, ranks: tuple[int, int]) -> None:
    def entry(x: Value, y: Value) -> Value:
        require((len(x.dims), len(y.dims)) == ranks, f"{name} takes ranks {ranks}")
        if ranks == (3, 3):
            require_equal(x.shape[0], y.shape[0], "batches differ")
        return matmul(x, y)

    denotes(f"T.{name}")(entry)


for _name, _ranks in {"mm": (2, 2), "bmm": (3, 3), "mv": (2, 1), "dot": (1, 1)}.items():
    _ranked(_name, _ranks)


@denotes("T.vdot")
def torch_vdot(x: Value, y: Value) -> Value:
    require(len(x.dims) == len(y.dims) == 1, "vdot takes vectors")
    return vdot(x, y)


@denotes("numpy.vdot")
def vdot(x: Value, y: Value) -> Value:
    if x.dtype.startswith("complex"):
        raise Unprovable("complex numbers")
    return matmul(regroup(x, [_count(x)]), regroup(y, [_count(y)]))


def _count(x: Value) -> Any:
    return product(x.shape)


@denotes("N.dot")
def numpy_dot(x: Value, y: Value) -> Value:
    if not x.dims or not y.dims:
        return pointwise("mul", (x, y))
    if len(y.dims) <= 2:
        return matmul(x, y)
    return tensordot(x, y, ([-1], [-2]))


@denotes("T.inner", "numpy.inner")
def inner(x: Value, y: Value) -> Value:
    if not x.dims or not y.dims:
        return pointwise("mul", (x, y))
    return tensordot(x, y, ([-1], [-1]))


@denotes("torch.tensordot", "numpy.tensordot", "numpy.linalg.tensordot")
def tensordot(x: Value, y: Value, dims: Any = 2, axes: Any = None) -> Value:
    dims = dims if axes is None else axes
    if isinstance(dims, int):
        if not 0 <= dims <= min(len(x.dims), len(y.dims)):
            raise Unprovable("more dimensions than there are")
        dims = (list(range(len(x.dims) - dims, len(x.dims))), list(range(dims)))
    listed = [d if isinstance(d, (tuple, list)) else [d] for d in dims]
    a = [number_of(d, len(x.dims)) for d in listed[0]]
    b = [number_of(d, len(y.dims)) for d in listed[1]]
    if len(a) != len(b) or len(set(a)) != len(a) or len(set(b)) != len(b):
        raise Unprovable("dimensions that do not pair")
    left: list[Label] = [("x", k) for k in range(len(x.dims))]
    right: list[Label] = [("y", k) for k in range(len(y.dims))]
    for p, q in zip(a, b, strict=True):
        if not equal(x.shape[p], y.shape[q]):
            require(not decider().by_shape or ONE in (x.shape[p], y.shape[q]), "contracted sizes differ")
            raise Unprovable("contracted sizes differ")
        right[q] = left[p]
    output = [n for k, n in enumerate(left) if k not in a] + [n for k, n in enumerate(right) if k not in b]
    return contract([x, y], [left, right], output)


@denotes("T.outer", "T.ger")
def outer(x: Value, y: Value) -> Value:
    require(len(x.dims) == len(y.dims) == 1, "outer takes vectors")
    return contract([x, y], ["i", "j"], "ij")


@denotes("numpy.outer")
def numpy_outer(x: Value, y: Value) -> Value:
    return outer(regroup(x, [_count(x)]), regroup(y, [_count(y)]))


@denotes("T.kron", "numpy.kron")
def kron(x: Value, y: Value) -> Value:
    rank = max(len(x.dims), len(y.dims))
    for _ in range(rank - len(x.dims)):
        x = unsqueeze(x, 0)
    for _ in range(rank - len(y.dims)):
        y = unsqueeze(y, 0)
    a, b = [("x", k) for k in range(rank)], [("y", k) for k in range(rank)]
    shape = [p * q for p, q in zip(x.shape, y.shape, strict=True)]
    return regroup(contract([x, y], [a, b], [n for pair in zip(a, b, strict=True) for n in pair]), shape)


@denotes("F.linear")
def linear(x: Value, weight: Value, bias: Any = None) -> Value:
    if len(weight.dims) > 2 or (bias is not None and len(weight.dims) != 2):
        raise Unprovable("a weight that is no matrix")
    result = matmul(x, transpose(weight, 0, 1) if len(weight.dims) == 2 else weight)
    return _biased(result, bias, weight)


def _biased(x: Value, bias: Any, weight: Value) -> Value:
    if bias is None:
        return x
    if decider().by_shape:
        if len(bias.dims) == 1:
            require_equal(bias.shape[0], weight.shape[0], "a bias of another shape")
        return x
    if len(bias.dims) != 1 or not equal(bias.shape[0], weight.shape[0]) or bias.dtype != x.dtype:
        raise Unprovable("a bias that is no vector of the outputs")
    return pointwise("add", (x, bias))


@denotes("F.bilinear", "torch.bilinear")
def bilinear(x: Value, y: Value, weight: Value, bias: Any = None) -> Value:
    if len(weight.dims) != 3 or not all(decider().at_least(s, ONE) for v in (x, y, weight) for s in v.shape):
        decider().admit("bilinear of nothing")
    lead = [("b", k) for k in range(len(x.dims) - 1)]
    require(len(y.dims) == len(x.dims), "ranks differ")
    result = contract([x, weight, y], [[*lead, "i"], ["o", "i", "j"], [*lead, "j"]], [*lead, "o"], ones=False)
    return _biased(result, bias, weight)


@denotes("T.diagonal")
def diagonal(x: Value, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Value:
    a, b = number_of(dim1, len(x.dims)), number_of(dim2, len(x.dims))
    require(a != b, "a diagonal of one dimension")
    if offset != 0 or not equal(x.shape[a], x.shape[b]):
        rows, columns = x.shape[a] + min(offset, 0), x.shape[b] - max(offset, 0)
        size = columns if decider().at_least(rows, columns) else rows
        size = size if decider().at_least(size, ZERO) else ZERO
        x = cut(x, a, ZERO if offset >= 0 else dim(-offset), size)
        x = cut(x, b, ZERO if offset <= 0 else dim(offset), size)
    return diagonal_of(x, a, b, len(x.dims) - 2)


@denotes("N.diagonal")
def numpy_diagonal(x: Value, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value:
    return diagonal(x, offset, axis1, axis2)


@denotes("T.trace")
def trace(x: Value) -> Value:
    require(len(x.dims) == 2, "the trace of a matrix")
    if decider().by_shape:
        return opaque([], x)
    if x.dtype != "float64":
        raise Unprovable("the trace of another dtype")
    return reduced("sum", diagonal(x), -1)


@denotes("N.trace")
def numpy_trace(x: Value, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value:
    return reduced("sum", numpy_diagonal(x, offset, axis1, axis2), -1)


def _added(rank: int) -> Callable[[Value, Value, Value], Value]:
    def entry(m: Value, x: Value, y: Value) -> Value:
        require(len(x.dims) == len(y.dims) == rank, "matrices of another rank")
        if rank == 3:
            require_equal(x.shape[0], y.shape[0], "batches differ")
        result = matmul(x, y)
        if m.dtype != result.dtype:
            decider().admit("several dtypes")
        return pointwise("add", (expand(m, list(result.shape)), result))

    return entry


denotes("torch.addmm")(_added(2))
denotes("torch.baddbmm")(_added(3))


def parsed(pattern: Any, ranks: Sequence[int]) -> tuple[list[list[Label]], list[Label]]:
    """Labels of the operands and of the output of a parsed einsum, ellipses spread from the right."""
    inputs = [_spread(e, rank) for e, rank in zip(pattern.inputs, ranks, strict=True)]
    widest = max((n for _, n in inputs), default=0)
    assert pattern.output is not None
    output: list[Label] = []
    for group in pattern.output.groups:
        name = group.axes[0].name
        output += [("...", k) for k in range(widest, 0, -1)] if group.is_spread else [name]
    return [labels for labels, _ in inputs], output


def _spread(expression: Any, rank: int) -> tuple[list[Label], int]:
    count = rank - sum(not g.is_spread for g in expression.groups)
    has = any(g.is_spread for g in expression.groups)
    require(count == 0 or (has and count > 0), "rank and labels differ")
    labels: list[Label] = []
    for group in expression.groups:
        labels += [("...", k) for k in range(count, 0, -1)] if group.is_spread else [group.axes[0].name]
    return labels, count if has else 0
