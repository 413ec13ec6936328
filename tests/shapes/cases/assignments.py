"""Assignments, unpacking, comprehensions, chunks."""

import torch
import torch.nn.functional as F
from einops import rearrange, reduce, repeat


def plain(x):
    b, n, d = x.shape  #: b b #: x (b, n, d)
    y = x  #: y (b, n, d)
    z = w = y.transpose(1, 2)  #: z (b, d, n) #: w (b, d, n)
    y = y[0]  #: y (n, d)
    a, c = y.t(), w  #: a (d, n) #: c (b, d, n)
    c, a = a, c  #: c (d, n) #: a (b, d, n)
    first: torch.Tensor = x[:, 0]  #: first (b, d)
    rows = n // 2  #: rows (n)//(2) or n//2
    half = x[:, :4]  #: half (b, ?, d)
    return z, first, rows, half


def augmented(x):
    b, n, d = x.shape
    x += 1  #: x (b, n, d)
    total = x.sum(-1)  #: total (b, n)
    total *= total  #: total (b, n)
    n *= 2  #: n 2*n
    n -= 4  #: n 2*n - 4
    shape = (b,)
    shape += (n, d)  #: shape a tuple of b; 2*n - 4; d
    w = torch.zeros(d, 32)
    x = x @ w  #: x (b, n, 32)
    return x, shape


def unpacking(x, y):
    b, *_ = x.shape  #: b b
    *rest, d = y.shape  #: d d
    (h, w), c = (4, 8), 3  #: h 4 #: w 8 #: c 3
    image = torch.zeros(b, h, w, c)  #: image (b, 4, 8, 3)
    first, *others = image.shape  #: first b #: others ? or a list of 4; 8; 3
    rows, columns = image.shape[1:3]  #: rows 4 #: columns 8
    values, indices = image.max(dim=-1)  #: values (b, 4, 8) #: indices (b, 4, 8)
    a, c = image.unbind(0)[0], rest  #: a ? or (4, 8, 3)
    one, two, three = torch.zeros(3, 5, 7)  #: one (5, 7) #: three (5, 7)
    return image, first, a, values, one, two


def mapped(q, k, v, heads=8):
    q, k, v = map(lambda t: rearrange(t, "b n (h d) -> b h n d", h=heads), (q, k, v))  #: q (b, heads, n, d)
    scores = q @ k.transpose(-1, -2)  #: scores (?, heads, n, n)
    out = scores.softmax(-1) @ v  #: out (?, heads, n, d)
    return rearrange(out, "b h n d -> b n (h d)")


def comprehensions(xs):
    x = torch.zeros(2, 6, 512)
    parts = [x, x * 2, x[:, :3]]  #: parts a list of (2, 6, 512); (2, 6, 512); (2, 3, 512)
    flat = [rearrange(p, "b n d -> (b n) d") for p in parts]  #: flat a list of (12, 512); (12, 512); (6, 512)
    whole = torch.cat(flat)  #: whole (30, 512)
    a, b, c = (p.mean(dim=1) for p in parts)  #: a (2, 512) #: c (2, 512)
    many = [rearrange(t, "c h w -> (h w) c") for t in xs]  #: many a list, each element (h*w, c)
    pairs = {"a": a, "b": b}  #: pairs a dictionary of (2, 512); (2, 512)
    again = pairs["a"]  #: again (2, 512)
    shapes = [p.shape[1] for p in parts]  #: shapes a list of 6; 6; 3
    return whole, many, again, shapes


def pieces(x):
    b, n, _ = x.shape
    qkv = F.linear(x, torch.zeros(3 * 64, 128))  #: qkv (b, n, 192)
    q, k, v = qkv.chunk(3, dim=-1)  #: q (b, n, 64) #: v (b, n, 64)
    head, tail = qkv.split([64, 128], dim=-1)  #: head (b, n, 64) #: tail (b, n, 128)
    one, two = torch.chunk(tail, 2, dim=-1)  #: one (b, n, 64)
    a, c = torch.stack((q, k)).unbind(0)  #: a (b, n, 64)
    many = qkv.split(48, dim=-1)  #: many a tuple of (b, n, 48); (b, n, 48); (b, n, 48); (b, n, 48)
    return one, two, a, c, v, head, many


def reductions(x):
    pooled = reduce(x, "b (n two) d -> b n d", "mean", two=2)  #: pooled (b, n, d)
    maximum = pooled.amax(dim=1, keepdim=True)  #: maximum (b, 1, d)
    mean = pooled.mean()  #: mean ()
    tiled = repeat(mean, "-> a b", a=3, b=4)  #: tiled (3, 4)
    wide = maximum.expand(-1, 7, -1)  #: wide (b, 7, d)
    where = torch.where(wide > 0, wide, -wide)  #: where (b, 7, d)
    squeezed = maximum.squeeze(1)  #: squeezed (b, d)
    back = squeezed[:, None]  #: back (b, 1, d)
    last = squeezed.unsqueeze(-1)  #: last (b, d, 1)
    outer = torch.einsum("bi,bj->bij", squeezed, squeezed)  #: outer (b, d, d)
    return tiled, where, back, last, outer
