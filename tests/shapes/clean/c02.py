import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
x = torch.rand(4, 8, 3)
a = rearrange(x, "h w c -> c h w")  # [0, 1]
b = rearrange(x, "h w c -> c h w") * 2 - 1  # [-1, 1]
c = rearrange(x, "h w c -> c h w") * 255  # [0, 255]
d = rearrange(x, "h w c -> c h w")  # in [0, 1]
e = rearrange(x, "h w c -> c h w")  # (0, 1)
f = rearrange(x, "h w c -> c h w")  # [0, 1)
g = rearrange(x, "h w c -> c h w")  # (R, G, B)
h = reduce(x, "h w c -> c", "mean")  # (r, g, b)
i = reduce(x, "h w c -> c", "mean")  # [R, G, B]
j = reduce(x, "h w c -> c", "mean")[:2]  # (x, y)
k = reduce(x, "h w c -> c", "mean")  # (x, y, z)
l = rearrange(torch.rand(4, 4), "a b -> b a")[0]  # [x1, y1, x2, y2]
m = rearrange(torch.rand(4, 4), "a b -> b a")[0]  # (cx, cy, w, h)
n = rearrange(x, "h w c -> c h w")  # see [1, 2]
o = rearrange(x, "h w c -> c h w")  # [1]
p = rearrange(x, "h w c -> c h w")  # (1)
q = rearrange(x, "h w c -> c h w")  # (C, H, W), float in [0, 1]
r = rearrange(x, "h w c -> c h w")  # (min, max)
s = rearrange(x, "h w c -> c h w")  # [TODO]
t = rearrange(x, "h w c -> c h w")  # (optional)
u = rearrange(x, "h w c -> c h w")  # (a, b) are normalised
v = rearrange(x, "h w c -> c h w")  # Eq. (3, 4)
w = reduce(x, "h w c -> c", "mean")  # (mu, sigma)
y = reduce(x, "h w c -> c", "mean")  # [mean, std, max]
z = rearrange(x, "h w c -> c h w")  # (C, H, W)
