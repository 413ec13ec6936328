import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class Cfg:
    dim = 8
    heads = 2
    def __init__(self, **kw):
        for k, v in kw.items():
            setattr(self, k, v)
class Att(nn.Module):
    dim = 4
    def __init__(self, cfg, dim=8):
        super().__init__()
        self.heads = cfg.heads
        self.dim = dim
        self.qkv = nn.Linear(cfg.dim, cfg.dim * 3)
        self.dim //= 2
    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = (rearrange(t, "b n (h d) -> b h n d", h=self.heads) for t in (q, k, v))
        a = torch.einsum("bhid,bhjd->bhij", q, k) * self.dim ** -0.5
        return rearrange(a @ v, "b h n d -> b n (h d)", d=self.dim)
Att(Cfg())(torch.zeros(2, 3, 8))
