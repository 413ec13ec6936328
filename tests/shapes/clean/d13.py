import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class Enc(nn.Module):
    def __init__(self, depth=2):
        super().__init__()
        self.layers = nn.ModuleList([])
        for i in range(depth):
            self.layers.append(nn.ModuleList([nn.Linear(8, 8), nn.Linear(8, 16)]))
        self.d = nn.ModuleDict({"a": nn.Linear(16, 4), "b": nn.Linear(16, 6)})
        self.seq = nn.Sequential(nn.Linear(8, 8), nn.ReLU())
        self.seq[0] = nn.Linear(8, 12)
        self.seq.append(nn.Linear(12, 10))
        self.heads = nn.ModuleList([nn.Linear(8, 6)] * 3)
        self.heads[1] = nn.Linear(8, 9)
        self.heads.insert(0, nn.Linear(8, 3))
    def forward(self, x, key="a"):
        for a, b in self.layers:
            x = a(x)
        y = b(x)
        z = rearrange(self.d[key](y), "b (h d) -> b h d", h=2)
        w = rearrange(self.seq(x), "b (h d) -> b h d", h=5)
        u = rearrange(self.heads[0](x), "b (h d) -> b h d", h=3)
        v = rearrange(self.heads[2](x), "b (h d) -> b h d", h=9)
        return z, w, u, v
Enc()(torch.zeros(2, 8)); Enc()(torch.zeros(2, 8), "b")
