"""Functions of the module, called with what is known; packs, parsed shapes, containers of tensors."""

from functools import partial

import torch
from einops import einsum, pack, parse_shape, rearrange, unpack

SIZE = 16
fold = partial(rearrange, pattern="b (n k) -> b n k", k=4)


def exists(value):
    return value is not None


def default(value, other):
    return value if exists(value) else other


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def split(x, heads=4):
    return rearrange(x, "b n (h d) -> b h n d", h=heads)


def merged(x):
    if x.ndim == 4:
        return x.flatten(2)
    return x


def both(x):
    return x, x.mean(-1)


def inner(x):
    def scaled(t):
        return t * width

    width = 2
    y = scaled(torch.zeros(2, 3))  #: y (2, 3)
    return y, x


def caller(b: int):
    x = torch.zeros(b, 10, 64)
    y = split(x)  #: y (b, 4, 10, 16)
    y = split(x, heads=8)  #: y (b, 8, 10, 8)
    flat = merged(y)  #: flat (b, 8, 80)
    same, mean = both(x)  #: same (b, 10, 64) #: mean (b, 10)
    other = default(None, x)  #: other (b, 10, 64)
    kept = default(x, None)  #: kept (b, 10, 64)
    h, w = pair(4)  #: h ? or 4
    grid = torch.zeros(SIZE, SIZE)  #: grid (16, 16)
    twice = [split(t) for t in (x, x)]  #: twice a list of (b, 4, 10, 16); (b, 4, 10, 16)
    f = lambda t: t[:, 0]  # noqa: E731
    first = f(x)  #: first (?, 64) or (b, 64)
    return y, flat, same, mean, other, kept, h, w, grid, twice, first


def packed(x, y):
    b, n, d = x.shape
    tokens = torch.zeros(b, d)
    both, shapes = pack([tokens, x], "b * d")  #: both (b, n + 1, d)
    both = both * 2
    first, second = unpack(both, shapes, "b * d")  #: first (b, d) #: second (b, n, d)
    any, more = pack([y], "b * c")  #: any (b, ?, c)
    sizes = parse_shape(x, "b _ d")  #: sizes a dictionary of b; d
    flat = rearrange(x, "b n d -> b (n d)")
    back = rearrange(flat, "b (n d) -> b n d", **sizes)  #: back ? or (b, n, d)
    return first, second, any, more, back


def contracted(q, k, v):
    scores = einsum(q, k, "b h i d, b h j d -> b h i j")  #: scores (?, ?, i, j) #: q (b, h, i, d)
    out = einsum(scores.softmax(-1), v, "b h i j, b h j d -> b h i d")
    weights = scores.sum(-1, keepdim=True)  #: weights (b, h, i, 1)
    mask = torch.ones(SIZE, SIZE).triu(1).bool()  #: mask (16, 16)
    positions = torch.arange(SIZE)  #: positions (16,)
    angles = positions[:, None] * positions[None]  #: angles (16, 16)
    return out, weights, mask, angles
