import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
xs = [torch.randn(3, 4)]
for t in xs:
    t.unsqueeze_(0)
y = rearrange(xs[0], "b c d -> b d c")
