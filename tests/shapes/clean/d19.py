import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def crop(x, box=None, pad=0):
    box = box or (0, 0, 2, 2)
    x0, y0, x1, y1 = box
    x = x[..., y0:y1, x0:x1]
    return rearrange(x, "c h w -> h w c")
rearrange(crop(torch.zeros(3, 4, 4)), "h w c -> c h w", h=2)
rearrange(crop(torch.zeros(3, 4, 4), (0, 0, 3, 3)), "h w c -> c h w", h=3)
def n_or(x, n=None):
    n = n or x.shape[0]
    return rearrange(x, "(n d) -> n d", n=n)
n_or(torch.zeros(6), 3); n_or(torch.zeros(6))
