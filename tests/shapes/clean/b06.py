import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
d = {"x": torch.randn(3, 4)}
for k in d:
    d[k] = d[k][None]
y = rearrange(d["x"], "b c d -> b d c")
