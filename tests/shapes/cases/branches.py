"""Branches, loops, early returns, try, with, match, asserts."""

import torch
from einops import rearrange, repeat


def joined(x, flag):
    if flag:
        y = torch.zeros(2, 3, 4)  #: y (2, 3, 4)
    else:
        y = torch.zeros(2, 5, 4)  #: y (2, 5, 4)
    y = y + 1  #: y (2, ?, 4)
    if flag:
        z = torch.zeros(2)
    else:
        z = torch.zeros(2, 3)
    z = z  #: z ?
    w = torch.ones(3) if flag else torch.ones(3) * 2  #: w (3,)
    if flag:
        w = w[None]
    w = w  #: w ?
    return y, z, w


def by_rank(x):
    if x.ndim == 3:
        x = x[:, None]  #: x (?, 1, ?, ?)
    elif x.ndim == 4:
        x = x.mean(1)  #: x (?, ?, ?)
    else:
        x = x  #: x ?
    x = x  #: x ?
    return x


def normalised(image):
    if image.ndim == 3:
        image = rearrange(image, "c h w -> 1 c h w")  #: image (1, ?, ?, ?) or (1, c, h, w)
    image = image  #: image ?
    assert image.ndim == 4  #: image (?, ?, ?, ?)
    b, c, h, w = image.shape
    return image  #: image (?, ?, ?, ?) or (b, c, h, w)


def asserted(x, y):
    assert x.shape == (2, 3, 4)  #: x (2, 3, 4)
    assert len(y.shape) == 2, "a matrix"  #: y (?, ?)
    b, n = y.shape
    assert n == 96
    z = y + 0  #: z (?, 96) or (b, 96)
    return x, z


def early(x, mask=None):
    b, n, d = x.shape
    if mask is None:
        return x
    mask = rearrange(mask, "b j -> b 1 j")  #: mask (b, 1, j)
    if mask.shape[-1] != n:
        raise ValueError("mask")
    scores = x @ x.transpose(1, 2)  #: scores (b, j, j) or (b, n, n)
    scores = scores.masked_fill(~mask, float("-inf"))  #: scores (?, j, j) or (b, n, n)
    other = scores.masked_fill(rearrange(mask, "b 1 j -> j 1 b"), -1.0)  #: other (?, j, ?) or (?, n, ?)
    return scores, other


def looped(x, depth):
    x = rearrange(x, "b c h w -> b (h w) c")
    for _ in range(depth):
        x = x + 1  #: x (b, h*w, c)
    total = x  #: total (b, h*w, c)
    for step in range(3):
        x = torch.cat((x, x), dim=1)
    x = x  #: x (b, ?, c)
    while total.sum() > 0:
        total = total[:, 0]
    total = total  #: total ?
    return x, total


def carried_number(q, count):
    b, n, h, d = q.shape
    steps = 0
    for _ in range(count):
        parts = zip(q.split(2, dim=1), q.split(2, dim=1), strict=True)
        for one, _ in parts:
            merged = rearrange(one, "b n h d -> b h (n d)")  #: merged (b, h, d*n)
        steps += 1
    return steps


def one_of_two_patterns(q, k, v, flag):
    keys = "b j d" if k.ndim == 3 else "b h j d"
    scores = torch.einsum(f"b h i d, {keys} -> b h i j", q, k)
    rows = q + 0  #: rows (?, ?, ?, ?) or (b, h, i, d)
    columns = k + 0  #: columns ?
    scores = scores  #: scores (?, ?, ?, ?) or (b, h, i, j)
    image = rearrange(v, "b (h w) c -> b h w c" if flag else "b (h w) c -> b w h c", h=2)  #: image (?, ?, ?, ?)
    tokens = torch.zeros(2, 5, 6, 4)
    scores = torch.einsum(f"b h i d, {keys} -> b h i j", tokens, torch.zeros(2, 3, 4))  #: scores (2, 5, 6, 3)
    return rows, columns, scores, image


def asked_for_its_rank(x, flag):
    query = torch.nn.Linear(8, 8)(x)
    flat = "n d" if query.ndim == 2 else "b n d"
    if flag:
        rearrange(query, "a n d -> n a d")
    other = query  #: other unknown but that shape[-1] is 8
    return flat, other


def broken_off(xs):
    best = torch.zeros(4, 5)
    for x in xs:
        y = rearrange(x, "a b -> b a")  #: y (b, a)
        if y.sum() > 0:
            break
        best = torch.zeros(4, 6)
    best = best  #: best (4, ?)
    return best


def collected():
    frames = []
    for i in range(4):
        frames.append(torch.zeros(3, 8, 8))
    video = torch.stack(frames)  #: video ? or (?, 3, 8, 8) or (4, 3, 8, 8)
    rows = []
    rows.append(torch.zeros(2, 5))
    rows.append(torch.zeros(3, 5))
    table = torch.cat(rows)  #: table (5, 5)
    return video, table


def guarded(x):
    try:
        y = rearrange(x, "b n d -> b d n")  #: y (b, d, n)
    except ValueError:
        y = None
    y = y  #: y ?
    with torch.no_grad():
        z = torch.zeros(2, 3)  #: z (2, 3)
    w = z.t()  #: w (3, 2)
    return y, w


def matched(mode, x):
    b, n = x.shape
    match mode:
        case "rows":
            x = x.sum(0)
        case "columns":
            x = x.sum(1)
        case _:
            raise ValueError(mode)
    x = x  #: x ? or (?,)
    return x


def conditions(x, context=None):
    b, n, d = x.shape
    context = x if context is None else context  #: context ?
    wide = context if context is not None and context.ndim == 3 else x  #: wide (?, ?, ?)
    y = (z := torch.ones(b, n)) + 1  #: z (b, n)
    flag = x is None  #: flag False
    if n == 1:
        x = repeat(x, "b 1 d -> b n d", n=4)  #: x (b, 4, d)
    return y, z, flag, wide, x
