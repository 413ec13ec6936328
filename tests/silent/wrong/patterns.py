"""Patterns that contradict others: each line that must be reported says by which rule."""

import torch
from einops import rearrange, repeat
from einops.layers.torch import Rearrange
from torch import nn


class Attention(nn.Module):
    def forward(self, x, h):
        q, k, v = self.to_qkv(x).chunk(3, dim=-1)
        q, k, v = map(lambda t: rearrange(t, "b n (h d) -> b h n d", h=h), (q, k, v))
        out = self.attend(q, k, v)
        return rearrange(out, "b h n d -> b n (d h)")  # split-merge-order


class Layers(nn.Module):
    def __init__(self, dim, heads, attend):
        super().__init__()
        self.split_q = Rearrange("b n (d h) -> b h n d", h=heads)  # split-merge-order
        self.split_k = Rearrange("b n (h d) -> b h n d", h=heads)
        self.split_v = Rearrange("b n (h d) -> b h n d", h=heads)
        self.merge = Rearrange("b h n d -> b n (h d)")
        self.attend = attend

    def forward(self, q, k, v):
        return self.merge(self.attend(self.split_q(q), self.split_k(k), self.split_v(v)))


class Fused(nn.Module):
    def __init__(self, heads):
        super().__init__()
        self.split = Rearrange("b n (qkv h d) -> qkv b h n d", qkv=3, h=heads)
        self.merge = Rearrange("b h n d -> b n (d h)")  # split-merge-order

    def forward(self, x):
        q, k, v = self.split(x)
        return self.merge(self.attend(q, k, v))


class Pair(nn.Module):
    def __init__(self, heads, attention):
        super().__init__()
        self.split = nn.Sequential(nn.Linear(8, 8), Rearrange("b n (h d) -> b h n d", h=heads))
        self.attention = attention
        self.merge = nn.Sequential(Rearrange("b h n d -> b n (d h)"), nn.Linear(8, 8))  # split-merge-order

    def forward(self, x):
        return self.merge(self.attention(self.split(x)))


def grouped(x, mask, g, h, attend):
    mask = rearrange(mask, "b g n -> (g b) n")  # split-merge-order
    q, k = map(lambda t: rearrange(t, "b (g h d) n -> b g h n d", h=h, g=g), (x, x))
    q, k = map(lambda t: rearrange(t, "b g ... -> (b g) ..."), (q, k))
    out = attend(q, k, mask)
    return rearrange(out, "(b g) h n d -> b (g h d) n", g=g)


def grouped_outputs(x, g, h, attend):
    q = rearrange(x, "b (g h d) n -> b g h n d", h=h, g=g)
    q = rearrange(q, "b g ... -> (b g) ...")
    out = attend(q, q)
    return rearrange(out, "(b g) h n d -> b (g d h) n", g=g)  # split-merge-order


def repeated(x, null, g, attend):
    q = rearrange(x, "b g n d -> (b g) n d")
    k = repeat(null, "g d -> (g b) 1 d", b=len(x))  # split-merge-order
    out = attend(torch.cat((q, k), dim=1))
    return rearrange(out, "(b g) n d -> b g n d", g=g)


def frames(x, b, attention):
    x = rearrange(x, "b c f h w -> (b f) (h w) c")
    x = attention(x) + x
    return rearrange(x, "(b f) (w h) c -> b c f h w", b=b, h=8, w=8)  # split-merge-order


def patches(x, p):
    one = rearrange(x, "b c (h p1) (w p2) -> b h w (p1 c p2)", p1=p, p2=p)  # split-merge-order
    other = rearrange(x, "b c (h p1) (w p2) -> b (p2 p1 c) h w", p1=p, p2=p)  # split-merge-order
    back = rearrange(x, "b (h w) (p1 c p2) -> b c (h p1) (w p2)", h=p, p1=p, p2=p)  # split-merge-order
    return one, other, back


def labels(q, k, attn, v):
    scores = torch.einsum("b h i d, z h j d -> b h i j", q, k)  # accidental-sum
    short = torch.einsum("... z i d, ... h j d -> ... h i j", q, k)  # accidental-sum
    out = torch.einsum("z i j, b j d -> b i d", attn, v)  # accidental-sum
    twice = torch.einsum("b s d, b n n -> b n d", v, attn)  # accidental-sum
    return scores, short, out, twice


def frames_exchanged(video):
    return rearrange(video, "b c (f pf) (h p1) (w p2) -> b (f h w) (pf p2 p1 c)", pf=2, p1=4, p2=4)  # split-merge-order
