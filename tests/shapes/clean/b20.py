import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
N = 4
def setn(k):
    globals()["N"] = k
def f(x):
    x = x.reshape(2, 3)
    return rearrange(x, "b (n d) -> b n d", n=N)
setn(3); f(torch.randn(6))
