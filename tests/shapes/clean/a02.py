import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def prep(t):
    t.unsqueeze_(0)
def main():
    x = torch.randn(3, 4)
    prep(x)
    return rearrange(x, "b c d -> b d c")
main()
