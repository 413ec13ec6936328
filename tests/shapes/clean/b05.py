import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def add_batch(d):
    d["x"] = d["x"][None]
d = {"x": torch.randn(3, 4)}
add_batch(d)
y = rearrange(d["x"], "b c d -> b d c")
