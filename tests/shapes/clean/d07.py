import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(x, flag):
    while True:
        if flag:
            return rearrange(x, "b n d -> b d n")
        break
    return rearrange(x, "b c h w -> b h w c")
f(torch.zeros(2, 3, 4), True); f(torch.zeros(2, 3, 4, 5), False)
