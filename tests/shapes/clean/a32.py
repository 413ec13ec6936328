import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 12)
    def forward(self, x):
        return self.fc(x)
m = Net()
setattr(m, "fc", nn.Identity())
y = rearrange(m(torch.randn(2, 8)), "b (h d) -> b h d", h=4)
z = rearrange(m(torch.randn(2, 8)), "b (h d) -> b h d", h=8)
