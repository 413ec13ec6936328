import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
x = torch.randn(2, 3)
while x.dim() < 4:
    x = x.unsqueeze(0)
y = rearrange(x, "b c h w -> b h w c")
