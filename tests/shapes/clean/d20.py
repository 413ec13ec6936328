import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(x, *, dim=0, idx=0, start=0):
    x = rearrange(x, "b n d -> n b d")
    y = x[idx]
    return rearrange(y, "k b d -> b k d")
f(torch.zeros(2, 3, 4), idx=slice(0, 2)); f(torch.zeros(2, 3, 4), idx=[0, 1])
