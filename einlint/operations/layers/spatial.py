"""Convolutions, pools, paddings and changes of resolution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einlint.operations.convolutions import each
from einlint.operations.layers.model import Built, alike, call, flag, parameter, size, tensor
from einlint.program.deciding import require, require_divides, require_equal
from einlint.program.terms import Unprovable
from einlint.program.value import Value


def convolution(count: int) -> Callable[..., Built]:
    """A convolution over `count` dimensions."""

    def build(
        in_channels: Any,
        out_channels: Any,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: Any = 1,
        bias: Any = True,
        padding_mode: Any = "zeros",
    ) -> Built:
        channels, parts = size(in_channels), size(groups)
        require_divides(parts, channels, "groups does not divide in_channels")
        require_divides(parts, size(out_channels), "groups does not divide out_channels")
        given = {"weight": parameter(out_channels, channels // parts, *each(kernel_size, count))}
        if flag(bias):
            given["bias"] = parameter(out_channels)
        _numbers(count, stride, dilation, *([] if isinstance(padding, str) else [padding]))

        def forward(x: Any) -> Any:
            x = _image(x, count, channels)
            weight, added = alike(given["weight"], x), alike(given.get("bias"), x)
            return call(f"conv{count}d", x, weight, added, stride, padding, dilation, parts)

        return forward, given

    return build


def _numbers(count: int, *values: Any) -> None:
    """Refuse what is no number for each dimension."""
    for value in values:
        each(value, count)


def _image(value: Any, count: int, channels: Any) -> Value:
    x = tensor(value)
    require(len(x.dims) in (count + 1, count + 2), f"{len(x.dims)} axes, not {count + 1} or {count + 2}")
    require_equal(x.shape[-count - 1], channels, f"the channel axis is not of in_channels = {channels}")
    return x


def transposed(count: int) -> Callable[..., Built]:
    """A transposed convolution over `count` dimensions."""

    def build(
        in_channels: Any,
        out_channels: Any,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: Any = 1,
        bias: Any = True,
        dilation: Any = 1,
        padding_mode: Any = "zeros",
    ) -> Built:
        channels, parts = size(in_channels), size(groups)
        require_divides(parts, channels, "groups does not divide in_channels")
        require_divides(parts, size(out_channels), "groups does not divide out_channels")
        given = {"weight": parameter(channels, size(out_channels) // parts, *each(kernel_size, count))}
        if flag(bias):
            given["bias"] = parameter(out_channels)
        _numbers(count, stride, padding, output_padding, dilation)

        def forward(x: Any, output_size: Any = None) -> Any:
            if output_size is not None:
                raise Unprovable("an output size that is chosen at the call")
            x = _image(x, count, channels)
            weight, added = alike(given["weight"], x), alike(given.get("bias"), x)
            numbers = stride, padding, output_padding, parts, dilation
            return call(f"conv_transpose{count}d", x, weight, added, *numbers)

        return forward, given

    return build


def pool(function: str, count: int) -> Callable[..., Callable[..., Any]]:
    """max_pool or avg_pool: the arguments are those of the function."""

    def build(kernel_size: Any, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        each(kernel_size, count)
        kept = {name: value for name, value in kwargs.items() if name != "return_indices"}
        indices = flag(kwargs.get("return_indices", False))
        if function == "max" and len(args) > 3:  # the class takes return_indices before ceil_mode
            raise Unprovable("options of a pool by position")
        if function == "max" and indices:
            kept["return_indices"] = True
        return lambda x: call(f"{function}_pool{count}d", tensor(x), kernel_size, *args, **kept)

    return build


def adaptive(function: str, count: int) -> Callable[..., Callable[..., Any]]:
    """adaptive_avg_pool or adaptive_max_pool."""

    def build(output_size: Any, return_indices: Any = False) -> Callable[..., Any]:
        listed = output_size if isinstance(output_size, (tuple, list)) else [output_size]
        _numbers(1, *(value for value in listed if value is not None))
        indices = [True] if flag(return_indices) else []
        return lambda x: call(f"adaptive_{function}_pool{count}d", tensor(x), output_size, *indices)

    return build


PADDINGS = {
    "Zero": "constant", "Constant": "constant", "Reflection": "reflect", "Replication": "replicate",
    "Circular": "circular",
}  # fmt: skip


def padding(count: int, mode: str) -> Callable[..., Callable[..., Any]]:
    """Padding of the last `count` dimensions by constants, copies or reflections."""

    def build(padding: Any, value: Any = 0.0) -> Callable[..., Any]:
        amounts = list(padding) if isinstance(padding, (tuple, list)) else [padding] * (2 * count)
        _numbers(1, *amounts)
        options = {"value": value} if mode == "constant" else {}
        return lambda x: call("pad", tensor(x), amounts, mode, **options)

    return build


def upsample(size: Any = None, scale_factor: Any = None, *args: Any, **kwargs: Any) -> Callable[..., Any]:
    return lambda x: call("interpolate", tensor(x), size, scale_factor)


def unfold(kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Callable[..., Any]:
    _numbers(2, kernel_size, dilation, padding, stride)
    return lambda x: call("unfold", tensor(x), kernel_size, dilation, padding, stride)


def fold(
    output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Callable[..., Any]:
    _numbers(2, output_size, kernel_size, dilation, padding, stride)
    return lambda x: call("fold", tensor(x), output_size, kernel_size, dilation, padding, stride)
