import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(x):
    x = rearrange(x, "b n d -> b d n")
    x.squeeze_(0)
    return rearrange(x, "d n -> n d")
f(torch.zeros(1, 2, 3))
def g(x):
    b, n = x.shape
    x.t_(); x.unsqueeze_(-1)
    return rearrange(x, "n b k -> b n k", n=n)
g(torch.zeros(2, 3))
def h(x):
    y = rearrange(x, "b n -> n b")
    y = y.unsqueeze(0).transpose_(1, 2)
    torch.squeeze_copy(y) if hasattr(torch, "squeeze_copy") else None
    z = y.swapaxes_(0, 1)
    return rearrange(y, "b k n -> k b n", k=1)
h(torch.zeros(2, 3))
def k(out):
    y = torch.empty(0)
    torch.cat([out, out], 0, out=y)
    return rearrange(y, "a b -> b a")
k(torch.zeros(2, 3))
