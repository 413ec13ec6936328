import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def grid(img):
    img = rearrange(img, "h w c -> (h w) c")
    r, g, b = img.max(0)
    return r, g, b
grid(np.zeros((4, 5, 3)))
