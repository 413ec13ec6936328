import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
v = rearrange(torch.rand(4, 5), "a b -> b a")
a = v[0]  # (h, w)
a = v[0]  # (w, x, y, z)
b = v[0]  # (l, t, r, b)
c = v[0]  # (fx, fy, cx, cy)
d = v[0]  # (r, g, b, a)
e = v[0, :2]  # (i, j)
f = v[0, :2]  # (row, col)
g = v[0, :2]  # (mean, std)
i = v[0, :2]  # (H, W)
j = v[0, :2]  # [h, w]
k = v[0, :3]  # (z, y, x)
l = v[0, :3]  # (dx, dy, dz)
m = v[0, :3]  # (t, h, w)
n = v[0, :2]  # (start, end)
o = v[0, :3]  # (b, g, r)
p = v[0, :2]  # (u, v)
q = v[0, :2]  # (lo, hi)
r = v[0, 0]  # (b,)
s = v[0]  # [x, y, w, h]
t = v[0]  # (xmin, ymin, xmax, ymax)
u = v[0, :3]  # (yaw, pitch, roll)
w = v[0, :2]  # (width, height)
y = v[0, :3]  # [D, H, W]
z = v  # (5 points, 4 values)
