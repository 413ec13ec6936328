import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def extend(xs, t):
    xs += [t, t, t]
def main():
    xs = [torch.zeros(3)]
    extend(xs, torch.zeros(3))
    return rearrange(torch.stack(xs), "(a b) c -> a b c", a=2)
main()
