import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def f(img):
    img = rearrange(img, "(h w) c -> h w c", h=4)
    img = img.transpose(2, 0, 1)
    return np.ascontiguousarray(img)
f(np.zeros((12, 3)))
def g(x):
    x = rearrange(x, "b h w c -> b c h w")
    m = x.max(axis=(2, 3)); s = x.sum((2, 3)); t = x.mean(axis=1, keepdims=True)
    w = x.repeat(2, axis=1); z = x.squeeze(); u = x.std((1, 2)); v = x.astype("float32").swapaxes(1, 2); k=x.argsort(1); a,b = x.min(0)
    return m, rearrange(s, "b c -> c b")
g(np.zeros((2, 3, 4, 5)))
def h(x):
    y = rearrange(x, "b c -> c b")
    n = y.size // 2
    z = y.repeat(2)
    return rearrange(z, "(k n) -> k n", n=2), np.concatenate([y, y]).flatten().sum()
h(np.zeros((2, 3)))
