"""The table of layers by their dotted names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from einlint.operations.layers import linear, norms, sequences, spatial
from einlint.operations.layers.model import Layer, constructor

_ACTIVATIONS = {
    "ELU": "elu", "GELU": "gelu", "Hardtanh": "hardtanh", "LeakyReLU": "leaky_relu", "LogSigmoid": "logsigmoid",
    "Mish": "mish", "ReLU": "relu", "SELU": "selu", "SiLU": "silu", "Sigmoid": "sigmoid", "Softplus": "softplus",
    "Tanh": "tanh",
}  # fmt: skip
_POINTWISE = """
CELU Hardshrink Hardsigmoid Hardswish RReLU ReLU6 Softshrink Softsign Tanhshrink Threshold Dropout AlphaDropout
FeatureAlphaDropout Softmax2d LocalResponseNorm
""".split()
_EINOPS = ("torch", "keras", "tensorflow", "flax", "paddle", "oneflow", "tinygrad")


@cache
def layers() -> dict[str, Callable[..., Layer]]:
    """The constructor of every layer, by its full dotted name."""
    return {name: constructor(name, build) for name, build in _rows()}


def _rows() -> Iterator[tuple[str, Any]]:
    for name, build in _torch():
        yield f"torch.nn.{name}", build
    for framework in _EINOPS:
        yield f"einops.layers.{framework}.Rearrange", linear.rearrange
        yield f"einops.layers.{framework}.Reduce", linear.reduce
        yield f"einops.layers.{framework}.EinMix", linear.einmix


def _torch() -> Iterator[tuple[str, Any]]:
    yield from (
        ("Linear", linear.linear), ("LazyLinear", linear.lazy_linear), ("Bilinear", linear.bilinear),
        ("Identity", linear.identity), ("Embedding", linear.embedding), ("Flatten", linear.flatten_layer),
        ("Unflatten", linear.unflatten_layer), ("PReLU", linear.prelu), ("GLU", linear.glu),
        ("CosineSimilarity", linear.cosine_similarity), ("PairwiseDistance", linear.pairwise_distance),
        ("Upsample", spatial.upsample), ("Unfold", spatial.unfold), ("Fold", spatial.fold),
        ("LayerNorm", norms.layer_norm), ("RMSNorm", norms.rms_norm), ("GroupNorm", norms.group_norm),
        ("MultiheadAttention", sequences.attention), ("TransformerEncoderLayer", sequences.transformer_layer),
        ("TransformerDecoderLayer", sequences.transformer_layer),
    )  # fmt: skip
    for name in _POINTWISE:
        yield name, linear.pointwise(name)
    for name, function in _ACTIVATIONS.items():
        yield name, linear.pointwise(name, function)
    for name, function in {"Softmax": "softmax", "LogSoftmax": "log_softmax", "Softmin": "softmin"}.items():
        yield name, linear.along(function)
    for name, function in _SHUFFLES.items():
        yield name, linear.pixel(function)
    for name, function in _LOSSES.items():
        yield name, linear.loss(function)
    for kind in ("RNN", "GRU", "LSTM"):
        yield kind, sequences.recurrent(kind)
        yield f"{kind}Cell", sequences.cell(kind)
    for count in (1, 2, 3):
        yield from _spatial(count)


_SHUFFLES = {
    "PixelShuffle": "pixel_shuffle", "PixelUnshuffle": "pixel_unshuffle", "ChannelShuffle": "channel_shuffle",
}  # fmt: skip
_LOSSES = {
    "MSELoss": "mse_loss", "L1Loss": "l1_loss", "SmoothL1Loss": "smooth_l1_loss", "HuberLoss": "huber_loss",
    "BCELoss": "binary_cross_entropy", "BCEWithLogitsLoss": "binary_cross_entropy_with_logits", "KLDivLoss": "kl_div",
    "CrossEntropyLoss": "cross_entropy", "NLLLoss": "nll_loss",
}  # fmt: skip


def _spatial(count: int) -> Iterator[tuple[str, Any]]:
    yield f"Conv{count}d", spatial.convolution(count)
    yield f"ConvTranspose{count}d", spatial.transposed(count)
    yield f"MaxPool{count}d", spatial.pool("max", count)
    yield f"AvgPool{count}d", spatial.pool("avg", count)
    yield f"AdaptiveAvgPool{count}d", spatial.adaptive("avg", count)
    yield f"AdaptiveMaxPool{count}d", spatial.adaptive("max", count)
    ranks = (2, 3) if count == 1 else (count + 2,)
    yield f"BatchNorm{count}d", norms.batch_norm(*ranks)
    yield f"InstanceNorm{count}d", norms.instance_norm(count)
    yield f"Dropout{count}d", linear.pointwise(f"Dropout{count}d")
    for kind, mode in spatial.PADDINGS.items():
        yield f"{kind}Pad{count}d", spatial.padding(count, mode)
    if count == 2:
        yield "UpsamplingNearest2d", spatial.upsample
        yield "UpsamplingBilinear2d", spatial.upsample
