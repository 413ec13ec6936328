import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class Net(nn.Module):
    def __init__(self, bn=False):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 4))
        if bn: self.net.append(nn.Linear(4, 9))
        self.net.add_module("x", nn.Linear(4, 9))
        layers = [nn.Linear(3, 4)]
        layers += [nn.Linear(4, 9)]
        self.n2 = nn.Sequential(*layers)
        blocks = []
        for i in range(2): blocks.append(nn.Linear(3, 3))
        blocks.append(nn.Linear(3, 9))
        self.n3 = nn.Sequential(*blocks)
    def forward(self, x):
        return rearrange(self.net(x), "a (b c) -> a b c", b=9), rearrange(self.n2(x), "a (b c) -> a b c", b=9), rearrange(self.n3(x), "a (b c) -> a b c", b=9)
Net()(torch.zeros(2, 3))
