import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
n = 4
def make(n):
    def apply(x):
        x = x.reshape(2, 3)
        return rearrange(x, "b (n d) -> b n d", n=n)
    return apply
make(3)(torch.randn(6))
