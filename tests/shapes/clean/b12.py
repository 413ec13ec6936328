import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def norm(x):
    while x.ndim < 4:
        x = x[None]
    return rearrange(x, "b c h w -> b h w c")
norm(torch.zeros(2, 3)); norm(torch.zeros(2, 3, 4))
