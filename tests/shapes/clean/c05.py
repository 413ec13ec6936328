import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(x: torch.Tensor, n=8):
    """x: (B, N, D)

    Args:
        x: [batch, time, dim]
    Returns:
        Tensor of shape (B, D)
    """
    x = rearrange(x, "b n d -> b d n")
    return x.mean(-1)
f(torch.zeros(2, 3, 4))
