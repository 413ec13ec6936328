"""Losses and distances: a number, or one for each element. Lookups by whole numbers. Known by shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from einlint.dimensions import Dim, dim
from einlint.lazily import replace
from einlint.operations.arithmetic import broadcast
from einlint.operations.indexing import unknown_length
from einlint.operations.reductions import without
from einlint.operations.structure import number_of
from einlint.operations.table import denotes
from einlint.program.deciding import decider, equal, require, require_equal
from einlint.program.terms import Unprovable
from einlint.program.value import Value, dimension, opaque

_ELEMENTWISE = """
mse_loss l1_loss smooth_l1_loss huber_loss kl_div soft_margin_loss poisson_nll_loss hinge_embedding_loss
""".split()
_SAME_SHAPE = ("binary_cross_entropy", "binary_cross_entropy_with_logits")


def common(*values: Value) -> Value:
    """The tensor of the shape that operands broadcast to."""
    _, dims = broadcast(values)
    return replace(values[0], dims=dims)


def _reduced(x: Value, reduction: Any, named: Mapping[str, Any]) -> Value:
    """A number or, without reduction, one for each element; torch puts `reduce` and `size_average` before that."""
    decider().admit("a loss")
    legacy = [named.get(name) for name in ("reduce", "size_average")]
    if any(each is not None for each in legacy):
        reduction = {None: "mean", True: "mean", False: "none"}.get(legacy[0])
    if not isinstance(reduction, str):
        raise Unprovable("a reduction that is no text")
    return opaque(x.shape if reduction == "none" else [], x)


def _elementwise(strict: bool) -> Callable[..., Value]:
    def entry(
        input: Value,  # noqa: A002
        target: Value,
        *options: Any,
        reduction: Any = "mean",
        **named: Any,
    ) -> Value:
        if strict:
            same = len(input.dims) == len(target.dims) and all(map(equal, input.shape, target.shape))
            require(same, "target and input of different shapes")
        if options:
            raise Unprovable("options by position")
        return _reduced(input if strict else common(input, target), reduction, named)

    return entry


denotes(*(f"F.{name}" for name in _ELEMENTWISE))(_elementwise(strict=False))
denotes(*(f"F.{name}" for name in _SAME_SHAPE))(_elementwise(strict=True))


@denotes("F.cross_entropy", "F.nll_loss")
def cross_entropy(
    input: Value,  # noqa: A002
    target: Value,
    weight: Any = None,
    *options: Any,
    reduction: Any = "mean",
    **named: Any,
) -> Value:
    at = 0 if len(input.dims) == 1 else 1
    losses = without(input, [at], keep=False)
    if options or not input.dims:
        raise Unprovable("options by position")
    wanted = input if len(target.dims) == len(input.dims) else losses
    same = len(target.dims) == len(wanted.dims) and all(map(equal, target.shape, wanted.shape))
    require(same, "a target of another shape")
    return _reduced(losses, reduction, named)


@denotes("F.cosine_similarity", "torch.cosine_similarity")
def cosine_similarity(x1: Value, x2: Value, dim: Any = 1, eps: Any = 1e-8) -> Value:
    decider().admit("a similarity")
    both = common(x1, x2)
    result = without(both, [number_of(dim, len(both.dims))], keep=False)
    return opaque(result.shape, result)


@denotes("F.pairwise_distance", "torch.pairwise_distance")
def pairwise_distance(x1: Value, x2: Value, p: Any = 2.0, eps: Any = 1e-6, keepdim: Any = False) -> Value:
    decider().admit("a distance")
    both = common(x1, x2)
    require(bool(both.dims), "a distance of scalars")
    result = without(both, [len(both.dims) - 1], bool(keepdim))
    return opaque(result.shape, result)


@denotes("T.dist")
def dist(x: Value, other: Value, p: Any = 2) -> Value:
    decider().admit("a distance")
    return opaque([], common(x, other))


@denotes("F.embedding")
def embedding(
    input: Value,  # noqa: A002
    weight: Value,
    *options: Any,
    **named: Any,
) -> Value:
    decider().admit("a lookup")
    require(len(weight.dims) == 2, "a weight that is no matrix")
    result = replace(weight, dims=(*input.dims, weight.dims[1]))
    return opaque(result.shape, result)


@denotes("F.one_hot")
def one_hot(x: Value, num_classes: Any = -1) -> Value:
    decider().admit("which classes there are")
    return _spread(x, unknown_length() if num_classes == -1 else _classes(num_classes))


@denotes("jax.nn.one_hot")
def jax_one_hot(x: Value, num_classes: Any, dtype: Any = None) -> Value:
    decider().admit("which classes there are")
    return _spread(x, _classes(num_classes))


def _spread(x: Value, classes: Dim) -> Value:
    result = replace(x, dims=(*x.dims, dimension(classes)))
    return opaque(result.shape, result)


def _classes(count: Any) -> Dim:
    return dim(count)


@denotes("F.grid_sample")
def grid_sample(x: Value, grid: Value, *options: Any, **named: Any) -> Value:
    decider().admit("a sampling")
    require(len(x.dims) == len(grid.dims) and len(x.dims) in (4, 5), "a grid of another rank")
    require_equal(x.shape[0], grid.shape[0], "batches differ")
    return opaque([*x.shape[:2], *grid.shape[1:-1]], x)


@denotes("F.affine_grid")
def affine_grid(theta: Value, size: Any, *options: Any, **named: Any) -> Value:
    decider().admit("a grid")
    sizes = [dim(s) for s in size]
    require(len(sizes) in (4, 5), "a size of another rank")
    return opaque([sizes[0], *sizes[2:], dim(len(sizes) - 2)], theta)
