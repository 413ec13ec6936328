import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
x = torch.zeros(2, 3, 4)
for i in range(2):
    x = x[..., None]
y = rearrange(x, "a b c d e -> e d c b a")
x = torch.zeros(2, 3, 4)
for i, ax in enumerate((0, 1)):
    x = x.sum(0)
y = rearrange(x, "c -> c 1")
x = torch.zeros(1, 3, 4)
for t in [x, x]:
    x = torch.cat([x, t])
y = rearrange(x, "a b c -> b a c", a=3)
n = 0
while n < 2:
    x = x.mean(-1); n += 1
rearrange(x, "a -> a 1", a=3)
