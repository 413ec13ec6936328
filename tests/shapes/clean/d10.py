import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def choose(flag):
    x = torch.zeros(2, 3, 4)
    squeeze = False
    if flag:
        x = x[0]
        squeeze = True
    if squeeze:
        x = x[None]
    y = rearrange(x, "b n d -> b d n")
    return y[0] if squeeze else y
choose(True); choose(False)
def f(x):
    was3 = x.ndim == 3
    if was3:
        x = x[None]
    x = rearrange(x, "b c h w -> b h w c")
    if was3:
        x = x[0]
        return rearrange(x, "h w c -> c h w")
    return rearrange(x, "b h w c -> b c h w")
f(torch.zeros(2, 3, 4)); f(torch.zeros(1, 2, 3, 4))
