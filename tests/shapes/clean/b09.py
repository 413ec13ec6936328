import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class State:
    def __init__(self):
        self.h = torch.zeros(2, 3)
class M:
    def __init__(self):
        self.h = torch.zeros(2, 3)
    def go(self):
        return rearrange(self.h, "a b c -> c b a")
m = M()
vars(m)["h"] = torch.zeros(2, 3, 4)
m.go()
m2 = M()
m2.__dict__.update(h=torch.zeros(2, 3, 4))
m2.go()
