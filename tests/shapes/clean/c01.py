import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
B, T, C = 2, 3, 4
x = torch.randn(B, T, C)
a = rearrange(x, "b t c -> b (t c)")  # (B, T*C)
b = rearrange(x, "b t c -> b c t")  # B C T
c = rearrange(x, "b t c -> (b t) c")  # [N, 3] -> [N, 4]
d = rearrange(x, "b t c -> (b t) c")  # [B * T, C]
e = rearrange(x, "b t c -> b t c 1")  # (B, T, C, 1)
f = rearrange(x, "b t c -> t b c")  # (T, B, C) = (3, 2, 4)
g = rearrange(x, "b t c -> c b t")  # (C, B, T) each (B, T)
h = rearrange(x, "b t c -> c (b t)")  # (C, BT)
i = rearrange(x, "b t c -> b t c")[:, -1]  # (B, C)
j = rearrange(x, "b t c -> b t c").sum(1)  # (B,C)
k = rearrange(x, "b t c -> b t c").mean()  # ()
l = rearrange(x, "b t c -> b t c").mean()  # scalar
m = rearrange(x, "b t c -> b t c")  # (*, C)
n = rearrange(x, "b t c -> b t c")  # (..., C)
o = rearrange(x, "b t c -> b t c")  # (B, ..., C)
p = rearrange(x, "b t c -> b (t c)")  # (B, T x C)
q = rearrange(x, "b t c -> b (t c)")  # (B, T·C)
r = rearrange(x, "b t c -> b (t c)")  # (B, T C)
s = rearrange(x, "b t c -> b (t c)")  # b (t c)
t = rearrange(x, "b t c -> b (t c)")  # shape: (B, TC)
u = rearrange(x, "b t c -> b (t c)")  # (batch, features)
v = rearrange(x, "b t c -> b t c")  # (B, T, C) -> (B, C, T)
w = rearrange(x, "b t c -> b t c")  # B x T x C
y = rearrange(x, "b t c -> b t c")  # (2, 3, 4)
z = rearrange(x, "b t c -> b t c")[0]  # (T, C) or (C,) 
