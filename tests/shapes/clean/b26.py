import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(x, *, kind="image", **kw):
    if kind == "image":
        x = rearrange(x, "b c h w -> b (h w) c")
    elif kind == "audio":
        x = rearrange(x, "b c t -> b t c")
    return rearrange(x, "b n c -> b c n")
f(torch.zeros(2, 3, 4, 5)); f(torch.zeros(2, 3, 4), kind="audio"); f(torch.zeros(2, 3, 4), **{"kind": "audio"})
