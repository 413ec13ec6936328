import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
lin = nn.Linear(4, 6)
lin.weight = nn.Parameter(torch.zeros(9, 4)); lin.bias = None
y = rearrange(lin(torch.zeros(2, 4)), "b (k c) -> b k c", k=9)
lin2 = nn.Linear(4, 6)
lin2.weight.data = torch.zeros(9, 4); lin2.bias.data = torch.zeros(9)
y = rearrange(lin2(torch.zeros(2, 4)), "b (k c) -> b k c", k=9)
