import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(4, 6)
    def forward(self, x):
        return rearrange(self.head(x), "b (h d) -> b h d", h=4)
class B(A):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(4, 8)
B()(torch.randn(2, 4))
