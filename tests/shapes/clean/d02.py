import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
out = torch.empty(0)
for t in torch.randn(4, 2, 3):
    out = torch.cat([out, t])
y = rearrange(out, "(k b) d -> k b d", k=4)
acc = torch.tensor([])
acc = torch.cat((acc, torch.randn(2, 3)), dim=0)
z = rearrange(acc, "b d -> d b")
