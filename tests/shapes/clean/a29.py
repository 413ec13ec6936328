import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
x = torch.randn(3, 4); y = rearrange(x, "a b -> (a b)")  # (12,)
q = rearrange(x, "a b -> b a"); k = q[None]  # (1, b, a)
