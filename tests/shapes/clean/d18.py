import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(x):
    x = rearrange(x, "b n d -> b d n")
    cb = []
    def inner():
        return rearrange(x, "b m -> m b")
    cb.append(inner)
    x = x[:, 0]
    return inner(), cb[0]()
f(torch.zeros(2, 3, 4))
