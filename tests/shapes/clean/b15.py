import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def collect(xs, t, skip=None):
    if skip:
        return
    xs.append(t)
def main(flag):
    xs = []
    collect(xs, torch.zeros(3), flag)
    collect(xs, torch.zeros(3), False)
    collect(xs, torch.zeros(3), False)
    return rearrange(torch.stack(xs), "(a b) c -> a b c", a=2)
main(True)
