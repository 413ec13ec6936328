import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
x = torch.rand(2, 5, 3)
# x: (B, N, 3)
a = rearrange(x, "b n d -> b d n")  # a: (B, 3, N)
# a: (B, N, 3) becomes
b = rearrange(a, "b d n -> b n d")
# b: [B, N, 3]
pts = b[0]  # N x 3
# out: (n, 3), per batch
out = rearrange(b, "b n d -> b n d")
# mask (B, N)
mask = rearrange(x[..., 0] > 0, "b n -> b n")  # (B, N) bool
# heads: (8, 4)
heads = rearrange(torch.zeros(32), "(a b) -> a b", a=8)
mean = reduce(x, "b n d -> d", "mean")  # (3,)
s = reduce(x, "b n d -> ", "sum")  # (1,)
kd = reduce(x, "b n d -> b n", "sum")[..., None]  # (B, N, 1)
ks = rearrange(x, "b n d -> b d n")[:, :, :-1]  # (B, 3, N-1)
kt = rearrange(x, "b n d -> b d n")[:, :, ::2]  # (B, 3, N/2)
ku = rearrange(x, "b n d -> b d n")[:, :, ::2]  # (B, 3, ceil(N/2))
kv = rearrange(torch.zeros(4, 6), "a b -> b a")  # (D/2, D) with D=12
kw = torch.cat([kv, kv], 1)  # (D/2, 2D)
kx = rearrange(torch.zeros(4, 9), "a b -> b a")  # (2k+1, k)
ky = rearrange(torch.zeros(4, 4), "a b -> b a")  # (N, N)
kz = rearrange(torch.zeros(4, 6), "a b -> b a")  # (n, n)-like
