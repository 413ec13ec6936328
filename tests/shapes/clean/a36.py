import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(cfg):
    h, w = cfg.shape
    x = rearrange(cfg.data, "c h w -> (h w) c", h=h, w=w)
    return x
from types import SimpleNamespace
f(SimpleNamespace(shape=(3, 4), data=torch.zeros(2, 3, 4)))
