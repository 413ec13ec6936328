import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
x = None
def step():
    global x
    x = rearrange(x, "b c h w -> b (c h w)")
x = torch.randn(2, 3, 4, 4)
step()
y = rearrange(x, "b n -> n b")
