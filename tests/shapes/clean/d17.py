import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(x):
    x = rearrange(x, "b n d -> b d n")
    def inner():
        nonlocal x
        x = x[None]
    inner()
    return rearrange(x, "k b d n -> k n b d")
f(torch.zeros(2, 3, 4))
