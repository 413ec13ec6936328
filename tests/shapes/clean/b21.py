import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class A(nn.Module):
    def __init__(self, dim, out=None):
        super().__init__()
        self.head = nn.Identity()
    def forward(self, x):
        b, n = x.shape
        x = self.head(x)
        return rearrange(x, "b h d -> b (h d)")
class B(A):
    def __init__(self, dim):
        super().__init__(dim)
        self.head = nn.Unflatten(1, (2, 3))
B(6)(torch.randn(2, 6))
