"""Convolutions, and the windows they and the pools read: counts of windows for padding, stride and dilation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from einlint.dimensions import ONE, ZERO, Dim, dim
from einlint.lazily import replace
from einlint.operations.arithmetic import pointwise
from einlint.operations.contractions import contract
from einlint.operations.padding import surrounded
from einlint.operations.segments import windows
from einlint.operations.structure import permute
from einlint.operations.table import denotes
from einlint.program.deciding import decider, require, require_divides, require_equal
from einlint.program.terms import Unprovable
from einlint.program.value import Value, opaque, regroup


def each(value: Any, count: int) -> list[Dim]:
    """A number for each spatial dimension, given once or for each."""
    listed = list(value) if isinstance(value, (tuple, list)) else [value]
    if not all(isinstance(v, (int, Dim)) for v in listed):
        raise Unprovable("a window that is not of integers")
    if len(listed) not in (1, count):
        raise Unprovable("numbers for another count of dimensions")
    return [dim(v) for v in listed] * (count if len(listed) == 1 else 1)


def check_full(*values: Value) -> None:
    """What layers compute of nothing, or of other dtypes, is not told."""
    if decider().by_shape:
        return
    if any(v.dtype != "float64" for v in values) or not all(
        decider().at_least(s, ONE) for v in values for s in v.shape
    ):
        decider().admit("an empty tensor, or another dtype")


def batched(x: Value, count: int) -> None:
    """Refuse tensors that are no batch of channels and no channels of `count` dimensions."""
    require(len(x.dims) in (count + 1, count + 2), f"a tensor of {len(x.dims)} axes, not {count + 1} or {count + 2}")


def window_count(size: Dim, kernel: Dim, stride: Dim, padding: Dim, dilation: Dim) -> Dim:
    """How many windows fit into a padded dimension."""
    span = size + padding - dilation * (kernel - 1) - 1
    require(decider().at_least(span, ZERO), "a window longer than the dimension")
    return span // stride + 1


def _padding(padding: Any, count: int, kernel: Sequence[Dim], dilation: Sequence[Dim]) -> list[Dim]:
    """Elements added to each dimension in total."""
    if padding == "same":
        return [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return [p * 2 for p in each(0 if padding == "valid" else padding, count)]


def _is_plain(padding: Any) -> bool:
    """Whether zeros are asked for, in numbers."""
    listed = padding if isinstance(padding, (tuple, list)) else [padding]
    return all(isinstance(p, int | Dim) and (dim(p).constant or 0) > 0 for p in listed)


def _convolution(
    count: int, x: Value, weight: Value, bias: Any, stride: Any, padding: Any, dilation: Any, groups: Any
) -> Value:
    batched(x, count)
    require(len(weight.dims) == count + 2, "a weight of another rank")
    steps, gaps, kernel = each(stride, count), each(dilation, count), weight.shape[2:]
    check_full(x, weight)
    require_equal(x.shape[-count - 1], weight.shape[1] * dim(groups), "the channels differ from those of the weight")
    require_divides(dim(groups), weight.shape[0], "the groups do not divide the output channels")
    if not decider().by_shape and _is_plain(padding):
        x, padding = surrounded(x, each(padding, count)), 0
    added = _padding(padding, count, kernel, gaps)
    plain = all(p == ZERO for p in added) and all(g == ONE for g in gaps) and dim(groups) == ONE
    fixed = all(n.constant is not None for n in (*kernel, *steps))
    if plain and fixed and count < 3 and len(x.dims) == count + 2 and not decider().by_shape:
        return _biased(_described(x, weight, kernel, steps), bias, weight, count)
    decider().admit("padding, dilation, groups or a symbolic kernel")
    numbers = zip(x.shape[-count:], kernel, steps, added, gaps, strict=True)
    sizes = [window_count(*each_one) for each_one in numbers]
    if padding == "same":
        require(all(decider().equal(s, ONE) for s in steps), "padding='same' takes no stride")
    result = opaque([*x.shape[: -count - 1], weight.shape[0], *sizes], x)
    return _biased(result, bias, weight, count)


def _described(x: Value, weight: Value, kernel: Sequence[Dim], steps: Sequence[Dim]) -> Value:
    patches = x
    for at, (size, step) in enumerate(zip(kernel, steps, strict=True)):
        patches = windows(patches, 2 + at, size.constant or 0, step.constant or 0)
    labels = ("bcnp", "ocp", "bon") if len(kernel) == 1 else ("bchwpq", "ocpq", "bohw")
    result = contract([patches, weight], labels[:2], labels[2])
    return replace(result, contiguous=False) if len(kernel) == 2 else result


def _biased(x: Value, bias: Any, weight: Value, count: int, channels: Dim | None = None) -> Value:
    if bias is None:
        return x
    check_full(bias)
    wanted = weight.shape[0] if channels is None else channels
    require(len(bias.dims) == 1, "a bias of another shape")
    require_equal(bias.shape[0], wanted, "a bias of another shape")
    return x if decider().by_shape else pointwise("add", (x, regroup(bias, [wanted, *[ONE] * count])))


def _direct(count: int) -> Callable[..., Value]:
    def entry(
        input: Value,  # noqa: A002
        weight: Value,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: Any = 1,
    ) -> Value:
        return _convolution(count, input, weight, bias, stride, padding, dilation, groups)

    return entry


def _transposed(count: int) -> Callable[..., Value]:
    def entry(
        input: Value,  # noqa: A002
        weight: Value,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: Any = 1,
        dilation: Any = 1,
    ) -> Value:
        batched(input, count)
        require(len(weight.dims) == count + 2, "a weight of another rank")
        require_equal(input.shape[-count - 1], weight.shape[0], "the channels differ from those of the weight")
        decider().admit("a transposed convolution")
        given = [each(v, count) for v in (stride, padding, output_padding, dilation)]
        numbers = zip(input.shape[-count:], weight.shape[2:], *given, strict=True)
        sizes = [(n - 1) * s - p * 2 + d * (k - 1) + o + 1 for n, k, s, p, o, d in numbers]
        channels = weight.shape[1] * dim(groups)
        result = opaque([*input.shape[: -count - 1], channels, *sizes], input)
        return _biased(result, bias, weight, count, channels)

    return entry


for _count in (1, 2, 3):
    denotes(f"F.conv{_count}d", f"torch.conv{_count}d")(_direct(_count))
    denotes(f"F.conv_transpose{_count}d", f"torch.conv_transpose{_count}d")(_transposed(_count))


@denotes("F.unfold")
def unfold(x: Value, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Value:
    require(len(x.dims) in (3, 4), "a tensor that is no batch of images")
    kernel, steps = each(kernel_size, 2), each(stride, 2)
    check_full(x)
    if not decider().by_shape and _is_plain(padding):
        x, padding = surrounded(x, each(padding, 2)), 0
    gaps, added = each(dilation, 2), [p * 2 for p in each(padding, 2)]
    (kh, kw), (sh, sw) = ([n.constant for n in pair] for pair in (kernel, steps))
    plain = all(p == ZERO for p in added) and all(g == ONE for g in gaps) and len(x.dims) == 4
    if not plain or None in (kh, kw, sh, sw) or decider().by_shape:
        decider().admit("padding or dilation")
        sizes = [window_count(*n) for n in zip(x.shape[-2:], kernel, steps, added, gaps, strict=True)]
        return opaque([*x.shape[:-3], x.shape[-3] * kernel[0] * kernel[1], sizes[0] * sizes[1]], x)
    patches = windows(windows(x, 2, kh or 0, sh or 0), 3, kw or 0, sw or 0)
    b, c, h, w, p, q = patches.shape
    moved = permute(patches, 0, 1, 4, 5, 2, 3)
    return replace(regroup(moved, [b, c * p * q, h * w]), contiguous=True)


@denotes("F.fold")
def fold(x: Value, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Value:
    kernel, (height, width) = each(kernel_size, 2), each(output_size, 2)
    area = kernel[0] * kernel[1]
    plain = each(padding, 2) == [ZERO] * 2 and each(dilation, 2) == [ONE] * 2 and each(stride, 2) == kernel
    require(len(x.dims) in (2, 3), "a tensor that is no batch of windows")
    if not plain or len(x.dims) != 3 or decider().by_shape:
        decider().admit("windows that overlap")
        require_divides(area, x.shape[-2], "the channels are not made of whole windows")
        return opaque([*x.shape[:-2], x.shape[-2] // area, height, width], x)
    check_full(x)
    for size, k in ((height, kernel[0]), (width, kernel[1])):
        require_divides(k, size, "the output is not made of whole windows")
    h, w, (p, q) = height // kernel[0], width // kernel[1], kernel
    channels = x.shape[1] // area
    parts = regroup(x, [x.shape[0], channels, p, q, h, w])
    return replace(regroup(permute(parts, 0, 1, 4, 2, 5, 3), [x.shape[0], channels, height, width]), contiguous=True)
