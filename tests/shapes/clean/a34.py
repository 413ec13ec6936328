import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
x = np.zeros((3, 4)); s = rearrange(x, "a b -> (a b)").sum()
s += np.ones(4)
y = rearrange(s, "n -> n 1")
