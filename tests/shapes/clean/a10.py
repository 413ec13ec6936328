import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
n = 4
split = lambda x, n=n: rearrange(x, "b (n d) -> b n d", n=n)
n = 3
y = split(torch.randn(2, 8))
