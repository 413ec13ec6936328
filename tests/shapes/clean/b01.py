import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class C:
    def __init__(self):
        self.pos = torch.zeros(3, 4)
    def setup(self):
        self.pos.unsqueeze_(0)
    def go(self):
        return rearrange(self.pos, "b c d -> b d c")
c = C(); c.setup(); c.go()
