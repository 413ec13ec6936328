import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def fail(msg):
    raise ValueError(msg)
def f(x):
    if x.ndim != 3:
        fail("no")
    return rearrange(x, "b n d -> b d n")
try:
    f(torch.zeros(2, 3))
except ValueError:
    pass
f(torch.zeros(2, 3, 4))
