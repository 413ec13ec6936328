"""Norm layers, and what they need of the shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from einlint.dimensions import Dim
from einlint.operations.layers.model import Built, alike, call, flag, parameter, size, sizes, tensor
from einlint.program.deciding import decider, require, require_alike, require_divides, require_equal
from einlint.program.value import Value, opaque


def _normalized_shape(value: Any) -> list[Dim]:
    return sizes(value) if isinstance(value, (tuple, list)) else [size(value)]


def _ending(x: Value, shape: list[Dim]) -> None:
    """Refuse tensors that do not end with these lengths."""
    wanted = ", ".join(map(str, shape))
    require(len(x.dims) >= len(shape), f"fewer axes than normalized_shape = ({wanted})")
    last = x.shape[len(x.dims) - len(shape) :]
    require_alike(last, shape, f"the last axes are not of normalized_shape = ({wanted})")


def _affine(wanted: bool, bias: bool, *shape: Dim) -> dict[str, Value]:
    names = ["weight", "bias"] if bias else ["weight"]
    return {name: parameter(*shape) for name in names} if wanted else {}


def layer_norm(normalized_shape: Any, eps: Any = 1e-5, elementwise_affine: Any = True, bias: Any = True) -> Built:
    shape = _normalized_shape(normalized_shape)
    given = _affine(flag(elementwise_affine), flag(bias), *shape)

    def forward(x: Any) -> Any:
        x = tensor(x)
        _ending(x, shape)
        return call("layer_norm", x, shape, *_of(given, x), eps)

    return forward, given


def _of(given: Mapping[str, Value], x: Value) -> tuple[Value | None, Value | None]:
    return alike(given.get("weight"), x), alike(given.get("bias"), x)


def rms_norm(normalized_shape: Any, eps: Any = None, elementwise_affine: Any = True) -> Built:
    shape = _normalized_shape(normalized_shape)
    given = _affine(flag(elementwise_affine), False, *shape)

    def forward(x: Any) -> Any:
        x = tensor(x)
        _ending(x, shape)
        return call("rms_norm", x, shape, alike(given.get("weight"), x), eps)

    return forward, given


def batch_norm(*ranks: int) -> Callable[..., Built]:
    """BatchNorm for tensors of these ranks."""

    def build(
        num_features: Any,
        eps: Any = 1e-5,
        momentum: Any = 0.1,
        affine: Any = True,
        track_running_stats: Any = True,
    ) -> Built:
        count = size(num_features)
        given = _affine(flag(affine), True, count)

        def forward(x: Any) -> Any:
            x = tensor(x)
            require(len(x.dims) in ranks, f"{len(x.dims)} axes, not {' or '.join(map(str, ranks))}")
            require_equal(x.shape[1], count, f"the second axis is not of num_features = {count}")
            decider().admit("a norm over the batch")
            return opaque(x.shape, x)

        return forward, given

    return build


def instance_norm(count: int) -> Callable[..., Built]:
    """InstanceNorm of `count` spatial dimensions."""

    def build(
        num_features: Any,
        eps: Any = 1e-5,
        momentum: Any = 0.1,
        affine: Any = False,
        track_running_stats: Any = False,
    ) -> Built:
        channels, strict = size(num_features), flag(affine) or flag(track_running_stats)
        given = _affine(flag(affine), True, channels)

        def forward(x: Any) -> Any:
            x = tensor(x)
            require(len(x.dims) in (count + 1, count + 2), f"{len(x.dims)} axes, not {count + 1} or {count + 2}")
            if strict:
                require_equal(x.shape[-count - 1], channels, f"the channel axis is not of num_features = {channels}")
            decider().admit("a norm over the spatial dimensions")
            return opaque(x.shape, x)

        return forward, given

    return build


def group_norm(num_groups: Any, num_channels: Any, eps: Any = 1e-5, affine: Any = True) -> Built:
    groups, channels = size(num_groups), size(num_channels)
    require_divides(groups, channels, "num_groups does not divide num_channels")
    given = _affine(flag(affine), True, channels)

    def forward(x: Any) -> Any:
        x = tensor(x)
        require(len(x.dims) >= 2, "fewer than two axes")
        if given:
            require_equal(x.shape[1], channels, f"the second axis is not of num_channels = {channels}")
        return call("group_norm", x, groups, *_of(given, x), eps)

    return forward, given
