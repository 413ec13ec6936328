import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
class C:
    def __init__(self, v):
        self.x = v
    @property
    def x(self):
        return self._x
    @x.setter
    def x(self, v):
        self._x = rearrange(v, "a b -> a b 1")
    def go(self):
        return rearrange(self.x, "a b c -> c a b")
def main():
    c = C(torch.randn(2, 3))
    return c.go()
main()
C(torch.randn(2, 3)).go()
