"""Lists of an unknown number of tensors, parts, configurations, layers that other methods call."""

import torch
from einops import rearrange
from einops.layers.torch import EinMix
from torch import nn


def lists(images, ragged):
    made = [rearrange(image, "c h w -> 1 c h w") for image in images]
    batch = torch.cat(made)  #: batch (?, c, h, w)
    other = torch.cat(made, dim=-1)  #: other (1, c, h, ?)
    stacked = torch.stack(made, dim=2)  #: stacked (1, c, ?, h, w)
    listed = rearrange(made, "l 1 c h w -> l c h w")  #: listed (?, c, h, w)
    wrong = torch.stack(made, dim=7)  #: wrong ?
    mixed = torch.cat([made[0], *ragged])  #: mixed ?
    return batch, other, stacked, listed, wrong, mixed


def joined(video, other):
    rearrange(video, "b c t h w -> (b t) c h w")
    rearrange(other, "k c2 t2 h2 w2 -> (k t2) c2 h2 w2")
    both = torch.cat([video, other], dim=0)  #: both (k + b, c2, t2, h2, w2)
    return both, other  #: other (k, c2, t2, h2, w2)


def parts(x):
    b, n, d = x.shape
    for token in x.unbind(1):
        token = token + 0  #: token (b, d)
    for token in torch.unbind(x, dim=-1):
        token = token + 0  #: token (b, n)
    for image in x:
        image = image + 0  #: image (n, d)
    three = torch.zeros(3, 4).unbind(0)  #: three a tuple of (4,); (4,); (4,)
    return rearrange(x, "b n d -> b d n"), three


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.heads = config.n_head
        self.mix = EinMix("b n c -> b n d", weight_shape="c d", c=8, d=16)
        self.weight = nn.Parameter(torch.randn(config.n_embd, config.n_embd))
        self.one = torch.zeros(config.size)

    def forward(self, x, cache):
        y = self.mix(x)  #: y (b, n, 16)
        b, n, c = x.shape
        q = x.view(b, n, self.heads, c // self.heads)  #: q (b, n, n_head, 8//n_head)
        w = self.weight + 0  #: w (n_embd, n_embd)
        one = self.one  #: one ?
        keys = rearrange(cache.keys, "b h n d -> b n (h d)", h=self.config.n_head)  #: keys (b, n, d*n_head)
        same = cache.keys + 0  #: same (b, n_head, n, d)
        cache.values = cache.values[None]
        values = rearrange(cache.values, "b n -> n b") + cache.values
        values = values  #: values unknown, assumed to be (n, b)
        return y, q, w, one, keys, same, values
