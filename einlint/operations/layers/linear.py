"""Layers of one matrix, lookups, and layers that move elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from einlint.operations.layers.model import Built, alike, call, flag, parameter, size, sizes, tensor
from einlint.operations.notation import EinMix, apply, mixed
from einlint.operations.structure import flatten, unflatten
from einlint.program.deciding import decider, require, require_equal
from einlint.program.terms import Unprovable
from einlint.program.value import Value, opaque


def linear(in_features: Any, out_features: Any, bias: Any = True) -> Built:
    wanted, given = size(in_features), {"weight": parameter(out_features, in_features)}
    if flag(bias):
        given["bias"] = parameter(out_features)

    def forward(x: Any) -> Value:
        x = tensor(x)
        require(bool(x.dims), f"the last axis is not of in_features = {wanted}")
        require_equal(x.shape[-1], wanted, f"the last axis is not of in_features = {wanted}")
        return _linear(x, given)

    return forward, given


def _linear(x: Value, given: Mapping[str, Value]) -> Value:
    result: Value = call("linear", x, alike(given["weight"], x), alike(given.get("bias"), x))
    return result


def lazy_linear(out_features: Any, bias: Any = True) -> Callable[..., Any]:
    size(out_features)

    def forward(x: Any) -> Value:
        x = tensor(x)
        require(bool(x.dims), "a scalar")
        return _linear(x, {"weight": parameter(out_features, x.shape[-1])})

    return forward


def bilinear(in1_features: Any, in2_features: Any, out_features: Any, bias: Any = True) -> Built:
    given = {"weight": parameter(out_features, in1_features, in2_features)}
    if flag(bias):
        given["bias"] = parameter(out_features)

    def forward(input1: Any, input2: Any) -> Any:
        x, y = tensor(input1), tensor(input2)
        return call("bilinear", x, y, alike(given["weight"], x), alike(given.get("bias"), x))

    return forward, given


def embedding(num_embeddings: Any, embedding_dim: Any, *options: Any, **named: Any) -> Built:
    given = {"weight": parameter(num_embeddings, embedding_dim)}
    return lambda x: call("embedding", tensor(x), given["weight"]), given


def identity(*args: Any, **kwargs: Any) -> Callable[..., Any]:
    return lambda x: tensor(x)


def flatten_layer(start_dim: Any = 1, end_dim: Any = -1) -> Callable[..., Any]:
    first, last = (_place(value) for value in (start_dim, end_dim))
    return lambda x: flatten(tensor(x), first, last)


def unflatten_layer(dim: Any, unflattened_size: Any) -> Callable[..., Any]:
    place, inner = _place(dim), sizes(unflattened_size)
    return lambda x: unflatten(tensor(x), place, inner)


def _place(value: Any) -> int:
    number = size(value).constant
    if number is None:
        raise Unprovable("a dimension number that is not a constant")
    return number


def rearrange(pattern: Any, **lengths: Any) -> Callable[..., Any]:
    return lambda tensor: apply(tensor, _text(pattern), "rearrange", lengths)


def reduce(pattern: Any, reduction: Any, **lengths: Any) -> Callable[..., Any]:
    return lambda tensor: apply(tensor, _text(pattern), _text(reduction), lengths)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unprovable("a pattern that is no text")
    return value


def einmix(pattern: Any, weight_shape: Any, bias_shape: Any = None, **lengths: Any) -> Built:
    layer = EinMix(_text(pattern), _text(weight_shape), bias_shape, {n: size(v) for n, v in lengths.items()})
    given = {"weight": parameter(*(lengths[name] for name in layer.weight_names))}
    return lambda x: mixed(layer, tensor(x), alike(given["weight"], x)), given


def cosine_similarity(dim: Any = 1, eps: Any = 1e-8) -> Callable[..., Any]:
    return lambda x1, x2: call("cosine_similarity", tensor(x1), tensor(x2), _place(dim))


def pairwise_distance(p: Any = 2.0, eps: Any = 1e-6, keepdim: Any = False) -> Callable[..., Any]:
    return lambda x1, x2: call("pairwise_distance", tensor(x1), tensor(x2), keepdim=flag(keepdim))


def pixel(function: str) -> Callable[..., Callable[..., Any]]:
    """pixel_shuffle, pixel_unshuffle, channel_shuffle: one whole number, one tensor."""

    def build(factor: Any = None, **named: Any) -> Callable[..., Any]:
        count = size(factor if factor is not None else next(iter(named.values())))
        return lambda x: call(function, tensor(x), count)

    return build


def pointwise(name: str, function: str | None = None) -> Callable[..., Callable[..., Any]]:
    """Activations and dropouts: the shape stays, whatever the constructor was given."""

    def build(*args: Any, **kwargs: Any) -> Callable[..., Any]:
        if function is not None and not args and not kwargs:
            return lambda x: call(function, tensor(x))

        def forward(x: Any) -> Value:
            x = tensor(x)
            decider().admit(f"the values of {name}")
            return opaque(x.shape, x)

        return forward

    return build


def prelu(num_parameters: Any = 1, init: Any = 0.25) -> Built:
    given, count = {"weight": parameter(num_parameters)}, size(num_parameters)

    def forward(x: Any) -> Value:
        x = tensor(x)
        if count.constant != 1 and len(x.dims) > 1:
            require_equal(x.shape[1], count, f"the second axis is not of num_parameters = {count}")
        decider().admit("the values of PReLU")
        return opaque(x.shape, x)

    return forward, given


def along(name: str) -> Callable[..., Callable[..., Any]]:
    """Softmax and the like: the dimension must exist."""

    def build(dim: Any = None) -> Callable[..., Any]:
        place = None if dim is None else _place(dim)

        def forward(x: Any) -> Any:
            x = tensor(x)
            if place is None:
                decider().admit("a dimension that is chosen by the rank")
                return opaque(x.shape, x)
            return call(name, x, place)

        return forward

    return build


def glu(dim: Any = -1) -> Callable[..., Any]:
    place = _place(dim)
    return lambda x: call("glu", tensor(x), place)


def loss(function: str) -> Callable[..., Callable[..., Any]]:
    """Losses of two tensors: a number, or one for each element."""

    def build(*args: Any, reduction: Any = "mean", **named: Any) -> Callable[..., Any]:
        legacy = {name: named[name] for name in ("reduce", "size_average") if name in named}

        def forward(x: Any, target: Any) -> Any:
            if any(isinstance(each, bool) for each in args):
                raise Unprovable("options by position")
            return call(function, tensor(x), tensor(target), reduction=_text(reduction), **legacy)

        return forward

    return build
