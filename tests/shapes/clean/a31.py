import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(bias, mask):
    out = bias.masked_fill(mask, 0.0)
    o = rearrange(out, "b h i j -> b i j h")
    return o, rearrange(bias, "i j -> j i")
f(torch.randn(3, 4), torch.ones(2, 1, 3, 4) > 0)
