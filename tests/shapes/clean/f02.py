import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class Base(nn.Module):
    d = 8
    def forward(self, x):
        x = rearrange(x, "b n d -> b d n")
        return rearrange(self.post(x), "b k -> k b")
    def post(self, x):
        return x
class Mean(Base):
    def post(self, x): return x.mean(-1)
class Max(Base):
    post = staticmethod(lambda x: x.amax(-1))
Mean()(torch.zeros(2, 3, 4)); Max()(torch.zeros(2, 3, 4))
