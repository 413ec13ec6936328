import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(x):
    b, n, d = x.shape
    y = rearrange(x, "b n d -> b d n")  # [B, D, N]
    for i in range(3):
        y = y[..., :-1]  # (b, d, n-1)
    z = torch.cat([y, y], dim=-1)  # (b, d, 2n)
    w = z if b > 1 else z[0]  # (b, d, n) or (d, n)
    if d == 3: w = z.mean(-1)  # (b, d)
    return rearrange(z, "b d n -> b n d")  # (b, n, d)
f(torch.zeros(2, 9, 3))
