"""Annotations: what may be None, lists, fields of classes."""

from dataclasses import dataclass
from typing import Optional

import torch
from einops import rearrange
from jaxtyping import Bool, Float
from torch import Tensor, nn


def masked(x: Float[Tensor, "b n d"], mask: Optional[Bool[Tensor, "b n"]] = None):
    if mask is not None:
        mask = mask[..., None]  #: mask (b, n, 1)
        x = x * mask
    return rearrange(x, "b n d -> b d n")


def scaled(x: Float[Tensor, "b n"], scale: float | Float[Tensor, "k b n"], bias: Float[Tensor, "n"] | None):
    y = x * scale  #: y unknown, assumed to be (b, n)
    z = x + bias  #: z (b, n)
    return rearrange(y, "b n -> n b"), z


def several(images: list[Float[Tensor, "c h w"]], parts: list[Float[Tensor, "_ d"]]):
    for image in images:
        image = image + 0  #: image (c, h, w)
    for part in parts:
        part = part  #: part ?
    stacked = torch.stack([rearrange(image, "c h w -> h w c") for image in images])
    return stacked


@dataclass
class Batch:
    image: Float[Tensor, "b c h w"]
    mask: Float[Tensor, "b h w"] | None = None
    changed: Float[Tensor, "b n"] = None

    def pixels(self):
        image = self.image  #: image (b, c, h, w)
        return rearrange(image, "b c h w -> b (h w) c")


def use(batch: Batch, other: "Batch"):
    image = batch.image  #: image (b, c, h, w)
    mask = rearrange(other.mask, "b h w -> b 1 h w") + 0  #: mask (b, 1, h, w)
    changed = rearrange(batch.changed, "a b c -> a c b")  #: changed (a, c, b)
    return rearrange(image, "b c h w -> b h w c"), mask, changed


def change(batch: Batch):
    batch.changed = batch.changed[None]


class Attention(nn.Module):
    scale: Float[Tensor, "h 1 1"]

    def forward(self, x: Float[Tensor, "b n d"]):
        q = rearrange(x, "b n (h d) -> b h n d", h=8)
        return q * self.scale  #: q (b, 8, n, ?)
