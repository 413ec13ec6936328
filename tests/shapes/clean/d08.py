import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
import contextlib
def is_flat(t):
    return t.ndim == 2
def f(x):
    if is_flat(x):
        x = x[None]
    return rearrange(x, "b n d -> b d n")
f(torch.zeros(2, 3)); f(torch.zeros(2, 3, 4))
def need3(x):
    if not is_flat(x):
        return x
    return x.unsqueeze(0)
rearrange(need3(torch.zeros(2, 3)), "b n d -> b d n")
