import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
heads = 4
def split(x, heads=heads):
    return rearrange(x, "b (h d) -> b h d", h=heads)
def main():
    heads = 3
    return split(torch.randn(2, 8)), heads
main()
