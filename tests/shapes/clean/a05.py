import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
net = nn.Sequential()
net.add_module("fc", nn.Linear(8, 12))
y = rearrange(net(torch.randn(2, 8)), "b (h d) -> b h d", h=3)
