import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(x):
    match x.ndim:
        case 3: return rearrange(x, "b n d -> b d n")
        case 4: return rearrange(x, "b c h w -> b h w c")
f(torch.randn(2, 3, 4))
