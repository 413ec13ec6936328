"""Attention whose data is wrong: each line that must be reported says by which rule."""

import torch
import torch.nn.functional as F
from einops import einsum, rearrange, reduce
from torch import nn


class Merged(nn.Module):
    def __init__(self, width, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.head_dim = width // n_heads
        self.to_qkv = nn.Linear(width, width * 3, bias=False)
        self.proj = nn.Linear(width, width)

    def forward(self, tokens, mask=None):
        batch, length, width = tokens.size()
        qkv = self.to_qkv(tokens).reshape(batch, length, 3, self.n_heads, self.head_dim).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        w = torch.matmul(q, k.transpose(-1, -2)) * self.head_dim**-0.5
        if mask is not None:
            w = w.masked_fill(mask, -1e9)
        ctx = torch.matmul(F.softmax(w, dim=-1), v)
        ctx = ctx.contiguous().view(batch, length, width)  # scrambled-axes
        return self.proj(ctx)


class Backwards(nn.Module):
    def __init__(self, width, n_heads):
        super().__init__()
        self.h = n_heads
        self.qkv = nn.Linear(width, width * 3)

    def forward(self, x):
        q, k, v = rearrange(self.qkv(x), "b t (three h e) -> three b h t e", three=3, h=self.h)
        weights = einsum(q, k, "b h s e, b h t e -> b h s t").softmax(dim=-1)
        mixed = einsum(weights, v, "b h s t, b h t e -> b h s e")
        return rearrange(mixed, "b h s e -> b s (e h)")  # split-merge-order


def over_queries(q, k, v):
    b, n, h, d = q.shape
    s = torch.einsum("bnhd,bmhd->bhnm", q, k)
    p = torch.softmax(s, 2)  # softmax-axis
    return torch.einsum("bhnm,bmhd->bnhd", p, v)


def transposed_weights(q, k, v):
    b, n, d = q.shape
    b, m, d = k.shape
    b, m, e = v.shape
    attn = torch.bmm(q, k.transpose(1, 2)).softmax(1)  # softmax-axis
    return torch.bmm(attn, v), rearrange(v, "b n d -> b d n")


def under_needless_parentheses(q, k, v):
    b, h, n, d = q.shape
    attn = torch.einsum("bhid,bhjd->bhij", q, k).softmax(-2)  # softmax-axis
    return torch.einsum("bhij,bhjd->bhid", rearrange(attn, "b h i (j) -> b h i j"), v)


def over_the_batch(scores, x):
    b, n = scores.shape
    weights = scores.softmax(dim=0)  # softmax-axis
    return torch.einsum("bn,bnd->bd", weights, x)


def private_labels(gates, experts):
    return einsum(gates, experts, "b t n, b t e d -> b t d")  # accidental-sum


def useless_weights(query, values):
    b, t, d = query.shape
    weights = torch.einsum("btd,bsd->bts", query, values).softmax(dim=-1)
    return torch.einsum("bts,btd->btd", weights, values)  # summed-weights


def step(q, k_cache, k_new, v_new):
    b, h, m, d = k_cache.shape
    k = torch.cat([k_cache, k_new.reshape(b, h, 1, d)], dim=2)
    v = v_new.reshape(b, h, 1, d)
    w = einsum(q, k, "b h i d, b h j d -> b h i j").softmax(dim=-1)
    return einsum(w, v, "b h i j, b h j d -> b h i d")  # stretched-sum


def cosine(keys, queries):
    b, n, d = keys.shape
    b, m, d = queries.shape
    keys = F.normalize(keys)  # mixed-statistics
    queries = F.normalize(queries)  # mixed-statistics
    return torch.einsum("bmd,bnd->bmn", queries, keys)


def counted_weights(q, k, v):
    weights = einsum(q, k, "batch query dim, batch key dim -> batch query key").softmax(dim=2)
    load = weights.sum(dim=1)
    return einsum(weights, v, "batch key query, batch key dim -> batch query dim"), load  # swapped-axis-names


def peaked_weights(q, k, v):
    b, i, d = q.shape
    b, j, d = k.shape
    weights = torch.einsum("bid,bjd->bij", q, k).softmax(dim=1)  # softmax-axis
    print(weights.amax(dim=2), reduce(weights, "b i j -> b i", "max"))
    return torch.einsum("bij,bjd->bid", weights, v)


def averaged_again(w, x, steps):
    b, i, d = w.shape
    b, j, d = x.shape
    out = []
    for _ in range(steps):
        y = x.mean(dim=-1, keepdim=True)
        out.append(torch.einsum("bid,bjd->bij", w, y))  # stretched-sum
    return out
