import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class KV(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("k", torch.empty(0))
        self.cache = torch.empty(0)
    def forward(self, x):
        k = torch.cat([self.cache, x], dim=0)
        return rearrange(k, "n d -> d n")
KV()(torch.randn(2, 3))
