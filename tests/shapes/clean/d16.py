import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def gen():
    x = torch.zeros(2, 3)
    while True:
        y = yield rearrange(x, "a b -> b a")
        x = y if y is not None else x[:1]
g = gen(); next(g); g.send(torch.zeros(4, 5))
async def co(x):
    x = rearrange(x, "a b -> b a")
    return x
import asyncio
y = asyncio.run(co(torch.zeros(2, 3))); rearrange(y, "b a -> a b")
def rec(x, n=3):
    return rearrange(x, "... d -> d ...") if n == 0 else rec(x[None], n - 1)
rearrange(rec(torch.zeros(3)), "d a b c -> a b c d")
