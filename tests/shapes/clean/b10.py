import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class Base:
    def set(self, x):
        self.w = x
class Sub(Base):
    def __init__(self):
        self.w = torch.zeros(2, 3)
    def go(self):
        return rearrange(self.w, "a b c -> c b a")
s = Sub(); s.set(torch.zeros(2, 3, 4)); s.go()
