import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class W(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net
        self.out = nn.Linear(8, 8)
    def forward(self, x):
        def hook(m, i, o): return o[:, None]
        h = self.out.register_forward_hook(hook)
        y = self.out(x)
        h.remove()
        return rearrange(y, "b k d -> k b d")
W(None)(torch.zeros(2, 8))
