"""What `__init__` may set, and patterns that callers give."""

import torch
from einops import einsum, pack, rearrange, repeat
from einops.layers.torch import Rearrange
from torch import nn


class Rotary(nn.Module):
    def __init__(self, dim, learned=False, scaled=None):
        super().__init__()
        self.register_buffer("inv_freq", torch.arange(0, 32, 2))
        self.null = nn.Parameter(torch.zeros(8, 64)) if learned else None
        if scaled is None:
            self.scale = None
        else:
            self.scale = torch.ones(16)

    def forward(self, x):
        inv = self.inv_freq  #: inv (16,)
        null = repeat(self.null, "h d -> b h d", b=2)  #: null (2, 8, 64)
        other = self.null  #: other (8, 64)
        if self.scale is not None:
            scale = self.scale  #: scale (16,)
            inv = inv * scale
        return inv, null, other


class Scaled(Rotary):
    def __init__(self):
        super().__init__(64)
        self.own = torch.ones(3)

    def forward(self, x):
        inv, own = self.inv_freq, self.own  #: inv (16,) #: own (3,)
        scaled = torch.zeros(4, 5).uniform_(0, 1)  #: scaled (4, 5)
        rearrange(scaled, "a b -> b a")
        return inv, own, scaled


def pack_one(t, pattern):
    return pack([t], pattern)


def folded(x, to):
    return rearrange(x, f"b n d -> {to}")


def patches(x):
    b, n, device = *x.shape, x.device  #: x (b, n)
    y = torch.zeros(2, 3, 4, 5)
    y, ps = pack_one(y, "b * d")  #: y (2, 12, 5)
    z = folded(torch.zeros(2, 3, 4), "(b n) d")  #: z (6, 4)
    pair = torch.zeros(2, 3), torch.zeros(4, 3)
    w = einsum(*pair, "a d, b d -> a b")  #: w (2, 4)
    return b, n, device, y, z, w
