"""Unknown calls: the order of axes is assumed, and nothing is inferred from that."""

import torch
from einops import rearrange


def blocks(x, norm, layers, context, fold):
    b, n, d = x.shape
    y = norm(x)  #: y unknown, assumed to be (b, n, d)
    z = norm(y, mask=None) + x  #: z unknown, assumed to be (b, n, d)
    both = norm(x, torch.ones(2, 3))  #: both ?
    flat = fold(x).flatten(1)  #: flat ?
    for attend, feed in layers:
        x = attend(x) + x
        x = feed(x) + x
    last = x  #: last unknown, assumed to be (b, n, d)
    out = rearrange(y, "b d n -> b n d")  #: out (b, n, d)
    kept = torch.relu(norm(out))  #: kept unknown, assumed to be (b, n, d)
    rearrange(norm(torch.zeros(2, 3)), "a b c -> c b a")
    return y, z, both, flat, last, out, kept
