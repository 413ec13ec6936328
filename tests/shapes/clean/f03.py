import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class Mixin:
    def post(self, x):
        return x
class Ext(Mixin):
    def run(self, x):
        x = rearrange(x, "b n d -> b d n")
        return rearrange(self.post(x), "b k -> k b")
e = Ext(); e.post = lambda x: x.mean(-1); e.run(torch.zeros(2, 3, 4))
