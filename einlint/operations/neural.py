"""Functions of `torch.nn.functional`: attention, convolution, pooling, shuffles."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from einlint.dimensions import ONE, dim
from einlint.operations.arithmetic import pointwise, power
from einlint.operations.contractions import contract, matmul
from einlint.operations.reductions import along, reduced
from einlint.operations.segments import guarded, windows
from einlint.operations.structure import permute, transpose
from einlint.operations.table import Scalar, denotes
from einlint.program.terms import Unprovable, length, new_axis, number
from einlint.program.value import Value, decider, equal, regroup, require


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
    ranks = {len(v.dims) for v in (query, key, value)}
    if (
        len(ranks) > 1
        or min(ranks) < 2
        or any(a != b for v in (key, value) for a, b in zip(query.shape[:-2], v.shape, strict=False))
    ):
        raise Unprovable("batches that broadcast")
    _full(query, key, value)
    factor = Scalar(power(length(query.shape[-1]), Fraction(-1, 2))) if scale is None else scale
    scores = pointwise("mul", (matmul(query, transpose(key, -2, -1)), factor))
    if is_causal:
        mask = Value(((new_axis(query.shape[-2]),), (new_axis(key.shape[-2]),)), number(1), "bool")
        attn_mask = guarded(mask, lambda row, column: row - column)
    if attn_mask is not None:
        masked = "masked" if attn_mask.dtype == "bool" else "add"
        scores = pointwise(masked, (scores, attn_mask), "float64")
    return replace(matmul(along("softmax", scores, -1), value), contiguous=False)


def _full(*values: Value) -> None:
    """What layers compute of nothing, or of other dtypes, is not told."""
    if any(v.dtype != "float64" for v in values) or not all(
        decider().at_least(s, ONE) for v in values for s in v.shape
    ):
        decider().admit("an empty tensor, or another dtype")


def _pair(value: Any) -> tuple[int, int]:
    both = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if not all(isinstance(v, int) for v in both):
        raise Unprovable("a window of symbolic size")
    return both[0], both[1]


def _patches(x: Value, kernel: tuple[int, int], stride: tuple[int, int]) -> Value:
    """... h w p q: the windows of the last two dimensions."""
    return windows(windows(x, -2, kernel[0], stride[0]), -2, kernel[1], stride[1])


@denotes("F.conv2d")
def conv2d(
    x: Value, weight: Value, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Value:
    if padding not in (0, (0, 0)) or dilation not in (1, (1, 1)) or groups != 1 or len(x.dims) != 4:
        raise Unprovable("padding, dilation or groups")
    _full(x, weight)
    require(len(weight.dims) == 4 and equal(weight.shape[1], x.shape[1]), "channels differ")
    kernel = [size.constant for size in weight.shape[2:]]
    if kernel[0] is None or kernel[1] is None:
        raise Unprovable("a kernel of symbolic size")
    patches = windows(x, 2, kernel[0], _pair(stride)[0])
    patches = windows(patches, 3, kernel[1], _pair(stride)[1])
    result = replace(contract([patches, weight], ["bchwpq", "ocpq"], "bohw"), contiguous=False)
    return _biased(result, bias, weight)


def _biased(x: Value, bias: Any, weight: Value) -> Value:
    if bias is None:
        return x
    _full(bias)
    require(len(bias.dims) == 1 and equal(bias.shape[0], weight.shape[0]), "a bias of another shape")
    return pointwise("add", (x, regroup(bias, [bias.shape[0], *[ONE] * (len(x.dims) - 2)])))


@denotes("F.conv1d")
def conv1d(
    x: Value, weight: Value, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Value:
    if padding != 0 or dilation != 1 or groups != 1 or len(x.dims) != 3 or weight.shape[2].constant is None:
        raise Unprovable("padding, dilation or groups")
    _full(x, weight)
    require(equal(weight.shape[1], x.shape[1]), "channels differ")
    patches = windows(x, 2, weight.shape[2].constant or 1, stride if isinstance(stride, int) else stride[0])
    result = contract([patches, weight], ["bcnp", "ocp"], "bon")
    return _biased(result, bias, weight)


@denotes("F.unfold")
def unfold(x: Value, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Value:
    if padding != 0 or dilation != 1 or len(x.dims) != 4:
        raise Unprovable("padding or dilation")
    _full(x)
    patches = windows(
        windows(x, 2, _pair(kernel_size)[0], _pair(stride)[0]), 3, _pair(kernel_size)[1], _pair(stride)[1]
    )
    b, c, h, w, p, q = patches.shape
    moved = permute(patches, 0, 1, 4, 5, 2, 3)
    return replace(regroup(moved, [b, c * p * q, h * w]), contiguous=True)


@denotes("F.fold")
def fold(x: Value, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Value:
    kernel = _pair(kernel_size)
    if padding != 0 or dilation != 1 or _pair(stride) != kernel or len(x.dims) != 3:
        raise Unprovable("windows that overlap")
    _full(x)
    height, width = (dim(size) for size in output_size)
    for size, k in ((height, kernel[0]), (width, kernel[1])):
        require(decider().divides(dim(k), size), "the output is not made of whole windows")
    h, w, p, q = height // kernel[0], width // kernel[1], dim(kernel[0]), dim(kernel[1])
    channels = x.shape[1] // (p * q)
    parts = regroup(x, [x.shape[0], channels, p, q, h, w])
    return replace(regroup(permute(parts, 0, 1, 4, 2, 5, 3), [x.shape[0], channels, height, width]), contiguous=True)


def _pool(function: str, x: Value, kernel_size: Any, stride: Any, padding: Any, count: int) -> Value:
    if padding not in (0, (0, 0)) or len(x.dims) not in (count + 1, count + 2):
        raise Unprovable("padding, or another rank")
    _full(x)
    kernel = _pair(kernel_size)
    steps = kernel if stride is None or stride == () else _pair(stride)
    if count == 1:
        return replace(reduced(function, windows(x, -1, kernel[0], steps[0]), -1), contiguous=x.contiguous)
    patches = windows(windows(x, -2, kernel[0], steps[0]), -2, kernel[1], steps[1])
    return replace(reduced(function, patches, (-2, -1)), contiguous=x.contiguous)


@denotes("F.max_pool2d")
def max_pool2d(x: Value, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Value:
    return _pool("max", x, kernel_size, stride, padding, 2)


@denotes("F.avg_pool2d")
def avg_pool2d(x: Value, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Value:
    return _pool("mean", x, kernel_size, stride, padding, 2)


@denotes("F.max_pool1d")
def max_pool1d(x: Value, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Value:
    return _pool("max", x, kernel_size, stride, padding, 1)


@denotes("F.avg_pool1d")
def avg_pool1d(x: Value, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Value:
    return _pool("mean", x, kernel_size, stride, padding, 1)


def _adaptive(function: str, count: int) -> None:
    def entry(x: Value, output_size: Any) -> Value:
        sizes = output_size if isinstance(output_size, (tuple, list)) else [output_size] * count
        if any(size != 1 for size in sizes):
            raise Unprovable("adaptive pooling to more than one element")
        if len(x.dims) not in (count + 1, count + 2):
            raise Unprovable("another rank")
        _full(x)
        return replace(reduced(function, x, list(range(-count, 0)), True), contiguous=False)

    name = {"mean": "avg", "max": "max"}[function]
    denotes(f"F.adaptive_{name}_pool{count}d")(entry)


for _function in ("mean", "max"):
    for _count in (1, 2, 3):
        _adaptive(_function, _count)


@denotes("F.pixel_shuffle")
def pixel_shuffle(x: Value, upscale_factor: int) -> Value:
    _full(x)
    *lead, c, h, w = x.shape
    r = dim(upscale_factor)
    require(upscale_factor >= 1, "a factor below 1")
    require(decider().divides(r * r, c), "channels do not divide")
    n = len(lead)
    parts = regroup(x, [*lead, c // (r * r), r, r, h, w])
    moved = permute(parts, *range(n), n, n + 3, n + 1, n + 4, n + 2)
    return replace(regroup(moved, [*lead, c // (r * r), h * r, w * r]), contiguous=x.contiguous)


@denotes("F.pixel_unshuffle")
def pixel_unshuffle(x: Value, downscale_factor: int) -> Value:
    _full(x)
    *lead, c, h, w = x.shape
    r = dim(downscale_factor)
    require(downscale_factor >= 1, "a factor below 1")
    require(decider().divides(r, h) and decider().divides(r, w), "sizes do not divide")
    n = len(lead)
    parts = regroup(x, [*lead, c, h // r, r, w // r, r])
    moved = permute(parts, *range(n), n, n + 2, n + 4, n + 1, n + 3)
    return replace(regroup(moved, [*lead, c * r * r, h // r, w // r]), contiguous=x.contiguous)


@denotes("torch.channel_shuffle", "F.channel_shuffle")
def channel_shuffle(x: Value, groups: int) -> Value:
    _full(x)
    b, c, *rest = x.shape
    require(groups >= 1, "no groups")
    require(decider().divides(dim(groups), c), "channels do not divide")
    parts = transpose(regroup(x, [b, dim(groups), c // groups, *rest]), 1, 2)
    return replace(regroup(parts, list(x.shape)), contiguous=x.contiguous)
