import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
import sys
def load(path, is_video=False):
    x = torch.randn(3, 4, 5)
    y = x[None] if is_video else x
    return rearrange(y, "t c h w -> c t h w") if is_video else rearrange(y, "c h w -> h w c")
load("a"); load("a", True); load("a", False)
