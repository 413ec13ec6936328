import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
import random
def aug(x):
    if random.random() < 0.5:
        x = x.flip(-1)
    if (p := random.random()) < 0.5 and (y := x.mean(0)) is not None:
        x = y[None].expand(3, -1, -1)
    return rearrange(x, "c h w -> h w c")
aug(torch.zeros(3, 4, 5))
y = torch.zeros(2)
def g(x, y=None):
    if y is None and (y := x[None]) is not None:
        return rearrange(y, "k c h w -> k h w c")
    return y
g(torch.zeros(3, 4, 5))
