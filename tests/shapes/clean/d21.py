import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def shapes(x):
    *lead, d = x.shape
    y = x.reshape(-1, d)
    y = rearrange(y, "n (h e) -> n h e", h=2)
    y = y.reshape(*lead, 2, d // 2)
    return rearrange(y, "b n h e -> b h n e")
shapes(torch.zeros(2, 3, 8))
def first(x):
    shape = list(x.shape)
    shape[-1] = 2
    shape += [2]
    y = x.reshape(shape)
    return rearrange(y, "a b c -> c b a")
first(torch.zeros(3, 4))
def sh(x):
    s = x.shape
    x = x.view(*s[:-1], 2, s[-1] // 2)
    return rearrange(x, "a b c -> c b a"), x.new_zeros(s).reshape(s[0], -1)
sh(torch.zeros(3, 4))
