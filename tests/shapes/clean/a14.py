import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def flat(x):
    try:
        return rearrange(x, "b n d -> b (n d)")
    except Exception:
        return rearrange(x, "b c h w -> b (c h w)")
flat(torch.randn(2, 3, 4))
flat(torch.randn(2, 3, 4, 5))
