import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
img = torch.rand(4, 8, 3) / 255  # [0, 1]
y = rearrange(img, "h w c -> c h w")
z = rearrange(img, "h w c -> c h w") * 2 - 1  # [-1, 1]
box = torch.tensor([0., 1., 2., 3.])  # (x1, y1, x2, y2)
center = reduce(torch.rand(5, 2), "n c -> c", "mean")  # (x, y)
