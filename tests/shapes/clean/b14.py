import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(x):
    if isinstance(x, dict):
        x = x["image"]
    return rearrange(x, "b c h w -> b h w c")
x = torch.randn(2, 3, 4, 5)
f(x); f({"image": x})
if isinstance(x, dict):
    x = x["image"]
y = rearrange(x, "b c h w -> b h w c")
