"""Patterns that only seem to contradict others."""

import numpy as np
import torch
from einops import rearrange, repeat
from einops.layers.torch import Rearrange
from torch import nn


class Window(nn.Module):
    """Windows, then a grid: both orders are split and merged."""

    def __init__(self, attn, w):
        super().__init__()
        self.layers = nn.Sequential(
            Rearrange("b d (x w1) (y w2) -> b x y w1 w2 d", w1=w, w2=w),
            attn,
            Rearrange("b x y w1 w2 d -> b d (x w1) (y w2)"),
            Rearrange("b d (w1 x) (w2 y) -> b x y w1 w2 d", w1=w, w2=w),
            attn,
            Rearrange("b x y w1 w2 d -> b d (w1 x) (w2 y)"),
        )


class Flat(nn.Module):
    """What a query is split from need not be how the result is flattened for a layer."""

    def __init__(self, attention, channels):
        super().__init__()
        self.query = nn.Sequential(nn.Linear(8, 8), Rearrange("t (w c) -> t w c", c=channels))
        self.attention = attention
        self.flat = nn.Sequential(Rearrange("t w c -> t (c w)"), nn.Linear(8, 8))


def shuffle(x, groups):
    x = rearrange(x, "b (g c) h w -> b g c h w", g=groups)
    return rearrange(x, "b g c h w -> b (c g) h w")


def transposed_copy(q, rel, attend):
    q = rearrange(q, "b (x y) d -> b x y d", x=8)
    rows = rearrange(attend(q, rel), "b x i y j -> b (x y) (i j)")
    columns = rearrange(attend(q, rel), "b x i y j -> b (y x) (j i)")
    return rows + columns


def either(images, per_camera, attend):
    if per_camera:
        features = rearrange(attend(images), "(n b s) ... -> b s (n ...)", s=2, n=3)
    else:
        features = attend(rearrange(images, "b s n ... -> (b s n) ..."))
        features = rearrange(features, "(b s n) ... -> b s (n ...)", s=2, n=3)
    return features


def two_layouts(x, packed, attend):
    if packed:
        return rearrange(x, "(c t) h w -> c t h w", c=3)
    return attend(rearrange(x, "(t c) h w -> c t h w", c=3))


def rotary(x, freqs):
    x = rearrange(x, "n (j d) -> n j d", j=2)
    return torch.einsum("n j d, n d -> n d", x, repeat(freqs, "n d -> n (d j)", j=2))


def other_heights(x, frames, h, attention):
    x = rearrange(x, "b (d h w) -> b d h w", d=frames, h=8)
    out = attention(rearrange(x, "b d h w -> b (h w) d"))
    heads = rearrange(out, "h b n d -> b n (h d)")
    return heads


def patches(x, image, movie, p):
    row = rearrange(x, "(b h w) (p1 p2) d -> b (h p1 w p2) d", p1=p, p2=p, h=8, w=8)
    channels = rearrange(image, "b c (h p1) (w p2) -> b (h w) (c p1 p2)", p1=p, p2=p)
    turned = rearrange(image, "b c (h p1) (w p2) -> b w h (p2 p1 c)", p1=p, p2=p)
    video = rearrange(movie, "b c (t p1) (h p2) (w p3) -> b t h w (c p1 p2 p3)", p1=2, p2=p, p3=p)
    return row, channels, turned, video


def labels(a, b, c, d, e, f):
    weights = torch.einsum("zui,zv->zvi", a, b)
    channel = torch.einsum("k l m n, k j m -> k j n", c, d)
    similar = torch.einsum("ij,kj->i", b, e)
    traced = torch.einsum("bii->b", d) + torch.einsum("bij,bii->bj", d, d)
    grid = torch.einsum("ang,g->ng", a, f)
    columns = torch.einsum("ij,jk->jk", b, e)
    return weights, channel, similar, traced, grid, columns


def one_way_or_the_other(weight):
    heads, rows, columns = weight.shape
    if rows > columns:
        weight = rearrange(weight, "heads d_model d_head -> (heads d_head) d_model")
    else:
        weight = rearrange(weight, "heads d_head d_model -> d_model (heads d_head)")
    return weight


def frames_last(video, eeg):
    patches = rearrange(video, "b c (f pf) (h p1) (w p2) -> b (f h w) (p1 p2 pf c)", pf=2, p1=4, p2=4)
    electrodes = rearrange(eeg, "b (c p0) (h p1) (w p2) -> b c h w (p1 p2 p0)", p0=2, p1=4, p2=4)
    return patches, electrodes


def exchanged(h):
    return h - np.einsum("ijlk", h)


def products(delta, rdm):
    return rdm - np.einsum("qr,sv,pwtu", delta, delta, rdm)


def round_bracket(first, gamma):
    return np.einsum("nhmij,nhrp,rpskl->ijkl", first, gamma, first)


def row_and_column(effect, gates, state):
    return np.einsum("hk,ijkl,lm->ij", effect, gates, state)


def fourier_in_steps(k, m, n, matrix, twiddle):
    k = rearrange(k, "... (m n) -> ... m n", m=m, n=n)
    k = torch.einsum("... m o, ... o n -> ... m n", matrix(m), k)
    k = torch.einsum("n m, ... m n -> ... n m", twiddle(n, m), k)
    k = torch.einsum("... n o, ... o m -> ... n m", matrix(n), k)
    return rearrange(k, "... n m -> ... (n m)")
