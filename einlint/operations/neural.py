"""Functions of `torch.nn.functional`: attention and shuffles."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from einlint.dimensions import ONE, dim
from einlint.lazily import replace
from einlint.operations.arithmetic import broadcast, pointwise, power
from einlint.operations.contractions import matmul
from einlint.operations.convolutions import check_full
from einlint.operations.normalizations import along
from einlint.operations.structure import permute, transpose
from einlint.operations.table import Scalar, denotes
from einlint.operations.triangles import guarded
from einlint.program.deciding import decider, require, require_divides, require_equal
from einlint.program.terms import Unprovable, length, new_axis, number
from einlint.program.value import Value, regroup


@denotes("F.scaled_dot_product_attention")
def attention(
    query: Value,
    key: Value,
    value: Value,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: Any = None,
) -> Value:
    if dropout_p or (is_causal and attn_mask is not None) or any(v.dtype != "float64" for v in (query, key, value)):
        decider().admit("dropout, or another dtype")
    require(all(len(v.dims) >= 2 for v in (query, key, value)), "fewer than two axes")
    if decider().by_shape:
        return _attended(query, key, value)
    if any(q != o for v in (key, value) for q, o in zip(query.shape[:-2], v.shape[:-2], strict=False)):
        decider().admit("batches that broadcast")
    if len({len(v.dims) for v in (query, key, value)}) > 1:
        raise Unprovable("batches of different ranks")
    check_full(query, key, value)
    factor = Scalar(power(length(query.shape[-1]), Fraction(-1, 2))) if scale is None else scale
    scores = pointwise("mul", (matmul(query, transpose(key, -2, -1)), factor))
    if is_causal:
        mask = Value(((new_axis(query.shape[-2]),), (new_axis(key.shape[-2]),)), number(1), "bool")
        attn_mask = guarded(mask, lambda row, column: row - column)
    if attn_mask is not None:
        masked = "masked" if attn_mask.dtype == "bool" else "add"
        scores = pointwise(masked, (scores, attn_mask), "float64")
    return replace(matmul(along("softmax", scores, -1), value), contiguous=False)


def _attended(query: Value, key: Value, value: Value) -> Value:
    require_equal(query.shape[-1], key.shape[-1], "queries and keys of different lengths")
    require_equal(key.shape[-2], value.shape[-2], "another number of keys than of values")
    _, batch = broadcast([replace(v, dims=v.dims[:-2]) for v in (query, key, value)])
    return replace(query, dims=(*batch, query.dims[-2], value.dims[-1]), contiguous=False)


@denotes("F.pixel_shuffle", "torch.pixel_shuffle")
def pixel_shuffle(x: Value, upscale_factor: int) -> Value:
    check_full(x)
    require(len(x.dims) >= 3, "fewer than three axes")
    *lead, c, h, w = x.shape
    r = dim(upscale_factor)
    require(decider().at_least(r, ONE), "a factor below 1")
    require_divides(r * r, c, "channels do not divide")
    n = len(lead)
    parts = regroup(x, [*lead, c // (r * r), r, r, h, w])
    moved = permute(parts, *range(n), n, n + 3, n + 1, n + 4, n + 2)
    return replace(regroup(moved, [*lead, c // (r * r), h * r, w * r]), contiguous=x.contiguous)


@denotes("F.pixel_unshuffle", "torch.pixel_unshuffle")
def pixel_unshuffle(x: Value, downscale_factor: int) -> Value:
    check_full(x)
    require(len(x.dims) >= 3, "fewer than three axes")
    *lead, c, h, w = x.shape
    r = dim(downscale_factor)
    require(decider().at_least(r, ONE), "a factor below 1")
    require(decider().divides(r, h) and decider().divides(r, w), "sizes do not divide")
    n = len(lead)
    parts = regroup(x, [*lead, c, h // r, r, w // r, r])
    moved = permute(parts, *range(n), n, n + 2, n + 4, n + 1, n + 3)
    return replace(regroup(moved, [*lead, c * r * r, h // r, w // r]), contiguous=x.contiguous)


@denotes("torch.channel_shuffle", "F.channel_shuffle", "torch.native_channel_shuffle", "F.native_channel_shuffle")
def channel_shuffle(x: Value, groups: int) -> Value:
    check_full(x)
    require(len(x.dims) >= 3, "fewer than three axes")
    b, c, *rest = x.shape
    require(decider().at_least(dim(groups), ONE), "no groups")
    require_divides(dim(groups), c, "channels do not divide")
    parts = transpose(regroup(x, [b, dim(groups), c // groups, *rest]), 1, 2)
    return replace(regroup(parts, list(x.shape)), contiguous=x.contiguous)
