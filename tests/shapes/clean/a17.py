import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
x = torch.randn(3, 4)
if (x := x[None]) is not None and x.ndim == 3:
    y = rearrange(x, "b c d -> b d c")
