import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class Buffer:
    def __init__(self):
        self.items = []
    def add(self, x):
        self.items.append(x)
    def get(self):
        x = torch.stack(self.items)
        return rearrange(x, "t b d -> b t d")
b = Buffer(); b.add(torch.randn(2, 3)); b.get()
