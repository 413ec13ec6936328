import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
import torch
def f(t, shape):
    y = t.reshape(shape)
    z = y.expand(4, -1, -1)
    return rearrange(z, "b c d -> b d c")
f(torch.zeros(6), (2, 3)); f(torch.zeros(6), (1, 2, 3))
