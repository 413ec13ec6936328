import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def inner_numbers(a, b):
    a = rearrange(a, "n d -> d n")
    if a.shape == b.shape:
        return rearrange(a + b, "d n -> n d")
    if a.shape[0] == b.shape[-1]:
        return rearrange(b @ a, "k n -> n k")
    if a.shape[1] != b.shape[0]:
        return a
    return rearrange(a @ b, "d k -> k d")
inner_numbers(torch.zeros(2, 3), torch.zeros(3, 2)); inner_numbers(torch.zeros(2, 3), torch.zeros(5, 3)); inner_numbers(torch.zeros(2, 3), torch.zeros(2, 7))
def bc(a, b):
    n, d = a.shape
    m, d = b.shape
    return rearrange(a[:, None] - b[None], "n m d -> m n d")
bc(torch.zeros(2, 3), torch.zeros(4, 3)); bc(torch.zeros(2, 1), torch.zeros(4, 3))
def same(a, b):
    b_, n, d = a.shape
    b_, n, d = b.shape
    return rearrange(a.mean(1) + b.mean(1), "b d -> d b")
same(torch.zeros(2, 5, 3), torch.zeros(2, 7, 3))
