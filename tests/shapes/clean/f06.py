import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def patchify(x, p=(2, 2)):
    ph, pw = p if isinstance(p, tuple) else (p, p)
    return rearrange(x, "b c (h ph) (w pw) -> b (h w) (ph pw c)", ph=ph, pw=pw)
y = patchify(torch.zeros(1, 3, 4, 6)); z = patchify(torch.zeros(1, 3, 6, 6), 3)
def pad_to(x, m):
    r = -x.shape[-1] % m
    x = F.pad(x, (0, r))
    return rearrange(x, "b (n m) -> b n m", m=m)
pad_to(torch.zeros(2, 7), 4); pad_to(torch.zeros(2, 8), 4)
def pad2(x, m):
    n = x.shape[-1]
    k = (n + m - 1) // m * m
    if k > n: x = torch.cat([x, x.new_zeros(x.shape[0], k - n)], -1)
    return rearrange(x, "b (n m) -> b n m", m=m)
pad2(torch.zeros(2, 7), 4); pad2(torch.zeros(2, 8), 4)
def half(x):
    d = x.shape[-1]
    a, b = x[..., : d // 2], x[..., d // 2 :]
    if d % 2 == 0: return rearrange([a, b], "k b d -> b k d")
    return rearrange(torch.cat([a, b], -1), "b d -> d b", d=d)
half(torch.zeros(2, 7)); half(torch.zeros(2, 8))
def win(x, w, s):
    t = x.shape[-1]; n = (t - w) // s + 1
    y = torch.stack([x[:, i * s : i * s + w] for i in range(n)], 1)
    return rearrange(y, "b n w -> (b n) w", n=n)
win(torch.zeros(2, 9), 4, 2)
def sq(x):
    n = x.shape[1]; h = w = int(n ** 0.5)
    if h * w != n: x = x[:, 1:]; h = w = int(x.shape[1] ** 0.5)
    return rearrange(x, "b (h w) c -> b c h w", h=h)
sq(torch.zeros(1, 10, 3)); sq(torch.zeros(1, 9, 3))
