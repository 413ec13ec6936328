import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class Stem(nn.Module):
    def __init__(self, ch=3):
        super().__init__()
        self.conv = nn.Conv2d(ch, 8, 3, padding=1)
        self.act = nn.ReLU()
    def forward(self, x):
        return rearrange(self.conv(x), "b c h w -> b (h w) c")
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = Stem(3)
        self.fc = nn.Linear(8, 4)
    def forward(self, x):
        return rearrange(self.fc(self.stem(x)), "b n c -> b c n")
m = Net()
m.stem = nn.Flatten(1)
m.fc = nn.Unflatten(1, (2, -1))
m(torch.zeros(2, 3, 4, 4))
m2 = Net(); m2.stem.conv = nn.Conv2d(1, 8, 1); m2(torch.zeros(2, 1, 4, 4))
m3 = Net()
with torch.no_grad(): m3.fc.weight = nn.Parameter(torch.zeros(9, 8)); m3.fc.bias = None
y = rearrange(m3(torch.zeros(2, 3, 4, 4)), "b (k c) n -> b k c n", k=9)
