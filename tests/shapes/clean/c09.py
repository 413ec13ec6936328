import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(h=7, w=7, ratio=0.5, k=-1):
    x = torch.zeros(4, 6)
    y = x.view(2, k)
    z = rearrange(y, "b (h d) -> b h d", h=4)
    n = int(6 * ratio)
    q = rearrange(x[:, :n], "a (b c) -> a b c", b=3)
    m = max(1, n // 8)
    r = x.reshape(m, -1, 2)
    return rearrange(r, "a b c -> c b a"), z, q
f()
