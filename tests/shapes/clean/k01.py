import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def show(t, ncol=4):
    t = rearrange(t, "b c h w -> b h w c").numpy()
    rows = [np.concatenate(t[i : i + ncol], axis=1) for i in range(0, len(t), ncol)]
    img = np.concatenate(rows, axis=0)
    img = img.clip(0, 1).repeat(2, axis=0)
    big = t[0].repeat(2, 0).repeat(2, 1)
    lo, mid, hi = t[0].reshape(-1, 3).max(0)
    return rearrange(big, "h w c -> c h w"), rearrange(img, "h w c -> c h w")
show(torch.zeros(4, 3, 2, 2))
