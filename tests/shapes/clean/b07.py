import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(inputs):
    x = rearrange(inputs[0], "b c h w -> b (c h w)")
    inputs.pop(0)
    y = rearrange(inputs[0], "b n -> n b")
    return x, y
f([torch.randn(2, 3, 4, 5), torch.randn(2, 3)])
