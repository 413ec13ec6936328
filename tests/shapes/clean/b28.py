import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(x, scale=1.0):
    x = rearrange(x, "c h w -> c (h w)")
    x = x * scale
    return rearrange(x, "s c n -> s n c")
f(torch.zeros(2, 3, 4), torch.ones(5, 1, 1))
