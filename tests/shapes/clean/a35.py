import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
arr = np.zeros((6,), dtype=[("x", "f4"), ("y", "f4", (3,))]).reshape(2, 3)
y = rearrange(arr["y"], "a b c -> c a b")
