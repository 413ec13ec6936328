import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
from contextlib import suppress
x = torch.randn(2, 3)
with suppress(ImportError):
    import not_there
    x = x[None]
y = rearrange(x, "a b -> b a")
