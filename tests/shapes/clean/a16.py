import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(x):
    for _ in range(2):
        if x.ndim == 4:
            return rearrange(x, "b c h w -> b h w c")
    return rearrange(x, "b n d -> b d n")
f(torch.randn(2, 3, 4, 5))
