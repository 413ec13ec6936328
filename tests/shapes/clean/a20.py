import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class Norm(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.norm = nn.LayerNorm(shape)
        self.pos = nn.Parameter(torch.zeros(shape))
    def forward(self, x):
        return rearrange(self.norm(x) + self.pos, "b h w d -> b (h w) d"), rearrange(self.pos, "h w d -> (h w) d")
Norm((3, 4, 5))(torch.randn(2, 3, 4, 5))
