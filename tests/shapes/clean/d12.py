import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
from functools import partial, wraps
def squeeze_out(fn):
    @wraps(fn)
    def inner(x):
        return fn(x[None])[0]
    return inner
@squeeze_out
def f(x):
    return rearrange(x, "b n d -> b d n")
y = rearrange(f(torch.zeros(2, 3)), "d n -> n d")
g = torch.vmap(lambda t: rearrange(t, "n d -> d n"))
y = rearrange(g(torch.zeros(5, 2, 3)), "b d n -> b n d")
h = partial(rearrange, pattern="n d -> d n")
y = h(torch.zeros(2, 3))
k = partial(repeat, pattern="n -> n r", r=3)
y = rearrange(k(torch.zeros(2)), "n r -> r n")
def apply(fn, *args, **kw): return fn(*args, **kw)
y = apply(rearrange, torch.zeros(2, 3), "a b -> b a")
def deco(fn): return lambda x: fn(x).flatten()
f2 = deco(f)
y = rearrange(f2(torch.zeros(2, 3)), "n -> n 1")
