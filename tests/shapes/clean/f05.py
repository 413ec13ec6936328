import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
m = nn.Linear(8, 6)
m.register_forward_hook(lambda mod, i, o: o.unflatten(1, (2, 3)))
y = rearrange(m(torch.zeros(2, 8)), "b a c -> c b a")
n = nn.Sequential(nn.Linear(8, 6))
n[0].register_forward_hook(lambda mod, i, o: o.unflatten(1, (2, 3)))
y = rearrange(n(torch.zeros(2, 8)), "b a c -> c b a")
