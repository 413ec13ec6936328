import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
from torch.utils.data import DataLoader
ds = torch.utils.data.TensorDataset(torch.randn(10, 3, 4), torch.randint(0, 3, (10,)))
for x, y in DataLoader(ds, batch_size=4):  # x: (B, 3, 4)
    x = rearrange(x, "b c t -> b (c t)")  # (4, 12)
    h = F.one_hot(y, 3)  # (B, 3)
    o = rearrange(h, "b k -> k b")  # (3, 4)
