import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def chw(img):
    img = rearrange(img, "(h w) c -> h w c", h=4)
    return img.transpose(2, 0, 1)
chw(np.zeros((12, 3)))
