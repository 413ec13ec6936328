"""Code that looks wrong and is not: nothing here may be reported."""

import numpy as np
import torch
import torch.nn.functional as F
from einops import einsum, rearrange, reduce, repeat
from torch import nn


def channel_shuffle(x, groups):
    b, c, h, w = x.shape
    x = x.view(b, groups, c // groups, h, w)
    x = x.transpose(1, 2).contiguous()
    return x.view(b, -1, h, w)


def relative_shift(x):
    b, h, i, j = x.shape
    x = torch.cat([x.new_zeros(b, h, i, 1), x], dim=-1)
    x = x.view(b, h, j + 1, i)
    return x[:, :, 1:].view_as(x[:, :, 1:])


def grid_attention(x, w):
    x = rearrange(x, "b d (x w1) (y w2) -> b x y w1 w2 d", w1=w, w2=w)
    x = rearrange(x, "b x y w1 w2 d -> b d (x w1) (y w2)")
    return rearrange(x, "b d (w1 x) (w2 y) -> b x y w1 w2 d", w1=w, w2=w)


def merged(q, k, v):
    b, n, h, d = q.shape
    q, k, v = (t.transpose(1, 2) for t in (q, k, v))
    out = F.scaled_dot_product_attention(q, k, v)
    return out.transpose(1, 2).reshape(b, n, h * d)


def num_repeats(x, r):
    b, n, d = x.shape
    x = x.repeat(1, r, 1)
    return x.view(b * r, n, d)


def talking(q, k, v, mix):
    attn = einsum(q, k, "b h i d, b h j d -> b h i j").softmax(dim=-1)
    attn = einsum(attn, mix, "b h i j, h g -> b g i j")
    return einsum(attn, v, "b h i j, b h j d -> b h i d")


def capsules(u, rounds):
    b, i, j, d = u.shape
    logits = torch.zeros(b, i, j)
    for _ in range(rounds):
        weights = logits.softmax(dim=2)
        out = torch.einsum("bij,bijd->bjd", weights, u)
        logits = logits + torch.einsum("bjd,bijd->bij", out, u)
    return out


def slots(q, k, v):
    b, s, d = q.shape
    attn = einsum(q, k, "b i d, b j d -> b i j").softmax(dim=1)
    attn = attn / attn.sum(dim=-1, keepdim=True)
    return einsum(attn, v, "b i j, b j d -> b i d")


def linear_attention(q, k, v):
    q, k = q.softmax(dim=-1), k.softmax(dim=-2)
    context = torch.einsum("bhnd,bhne->bhde", k, v)
    return torch.einsum("bhnd,bhde->bhne", q, context)


def there_and_back(x):
    x = rearrange(x, "b n d -> b d n")
    return rearrange(x, "b n d -> b d n")


def renamed(x):
    b, n, d = x.shape
    y = rearrange(x, "b n d -> b d n")
    return rearrange(y, "b c l -> b l c")


def width_first(x):
    b, c, h, w = x.shape
    return rearrange(x, "b c w h -> b c (w h)")


def letters(t, v):
    one = np.einsum("ijab,ab->ij", t, v)
    other = np.einsum("jiab,ba->ij", t, v)
    return one + other


def marginal(p, xs):
    return torch.einsum("bchw,w->bc", p, xs)


def gradient(grad, x):
    return torch.einsum("bso,bsi->oi", grad, x)


def registers(regs, n):
    return np.asarray(regs).reshape(n, 2).swapaxes(0, 1), np.einsum("ij->i", regs)


def mesh(x, y):
    xs = np.tile(x, len(y))
    ys = np.repeat(y, len(x))
    return xs + ys


def tile_texture(texture, r):
    c, h, w = texture.shape
    return repeat(texture, "c h w -> c (r h) (s w)", r=r, s=r)


def same_order(q, k, kv, g):
    q = rearrange(q, "b n (kv g d) -> b (kv g) n d", kv=kv, g=g)
    k = repeat(k, "b n kv d -> b (kv g) n d", g=g)
    return torch.einsum("bhid,bhjd->bhij", q, k)


def grouped(scores, group, prompts):
    b, t = prompts.shape
    baseline = scores.view(b, group).mean(dim=1)
    return scores - baseline.repeat_interleave(group)


def own_copy(lengths, n):
    keep = torch.ones(n).expand(len(lengths), n).clone()
    keep[0, 3:] = 0
    return rearrange(keep, "b n -> n b")


def blank(image):
    blocks = rearrange(image, "(h p) (w q) c -> h w p q c", p=8, q=8)
    blocks[0, 0] = 0
    return image


def one_image(x):
    b, c, h, w = x.shape
    return x[:1].squeeze().mean(0)


def batch_norm(x):
    b, c, h, w = x.shape
    mean = reduce(x, "b c h w -> 1 c 1 1", "sum") / (b * h * w)
    var = reduce((x - mean) ** 2, "b c h w -> 1 c 1 1", "sum") / (b * h * w)
    return (x - mean) / (var + 1e-5).sqrt()


class Patches(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        b, c, h, w = x.shape
        x = rearrange(x, "b c (h p) (w q) -> b (h w) (p q c)", p=self.p, q=self.p)
        x = F.gelu(x)
        return rearrange(x, "b (h w) (p q c) -> b c (h p) (w q)", p=self.p, q=self.p, h=h // self.p)


def of_several_ranks(mask):
    t, b, c = mask.shape
    return mask.transpose(1, -2).view(t, b, c)


def relative_shift_of_segments(x, channels):
    b, h, i, j = x.shape
    x = rearrange(x, "b h (c i) j -> b h c i j", c=channels)
    x = rearrange(x, "b h c i j -> b h (c i) j")
    padded = torch.cat([x.new_zeros(b, h, j, 1), x.view(b, h, j, i)], dim=-1)
    return padded.view(b, h, i + 1, j)[:, :, 1:]


def splits_of_two_kinds(x, w):
    local = rearrange(x, "b (w n) d -> (b w) n d", w=w).softmax(1)
    spread = rearrange(x, "b (n w) d -> (b w) n d", w=w).softmax(1)
    local = rearrange(local, "(b w) n d -> b (w n) d", w=w)
    return local + rearrange(spread, "(b w) n d -> b (n w) d", w=w)


def talking_before_and_after(q, k, v, before, after):
    dots = torch.einsum("bhid,bhjd->bhij", q, k)
    dots = torch.einsum("bhij,hg->bgij", dots, before)
    attn = torch.einsum("bhij,hg->bgij", dots.softmax(-1), after)
    return torch.einsum("bhij,bhjd->bhid", attn, v)


def pairs_of(a, b):
    return np.stack([np.repeat(a, len(b)), np.tile(b, len(a))], axis=1)


def last_states(x, rnn_size):
    b, t, f = x.shape
    rnn = nn.LSTM(f, rnn_size, num_layers=2, bidirectional=True, batch_first=True)
    _, (h, _) = rnn(x)
    h = h.view(2, 2, b, rnn_size)
    return torch.cat([h[-1, 0], h[-1, 1]], dim=-1)


def soft_clusters(mask, extra, rows):
    assignment = F.softmax(torch.einsum("mrc,nrc->mn", rows, extra), dim=0)
    assignment *= torch.einsum("mr,nr->mn", mask, mask)
    count = torch.sum(assignment, dim=-1) + 1
    return torch.einsum("mn,nrc->mrc", assignment, extra) / count[:, None, None]


def counted_after(rows, extra):
    assignment = F.softmax(torch.einsum("mrc,nrc->mn", rows, extra), dim=0)
    profile = torch.einsum("mn,nrc->mrc", assignment, extra)
    return profile / assignment.sum(-1)[:, None, None]


def pixel_centres(cameras, flipped, width):
    b, v = cameras.shape[:2]
    at = torch.arange(width).reshape(1, 1, width).expand(b, v, width) + 0.5
    at[:, flipped, ...] = torch.arange(width).flip(0) + 0.5
    return rearrange(at, "b v w -> b (v w)")


class JointAttention(nn.Module):
    def __init__(self, dim, num_heads, drop):
        super().__init__()
        self.num_heads, self.drop = num_heads, drop
        self.qkv = nn.Linear(dim, 3 * dim)

    def forward(self, x, seq_len):
        B, N, C = x.shape
        qkv = self.qkv(x).reshape(B, N, 3, self.num_heads, C // self.num_heads).permute(2, 0, 3, 1, 4)
        return self.over_time(qkv[0], qkv[1], qkv[2], seq_len)

    def over_time(self, q, k, v, seq_len):
        B, _, N, C = q.shape
        q = q.reshape(-1, seq_len, self.num_heads, N, C).permute(0, 2, 3, 1, 4)  # (B, H, N, T, C)
        k = k.reshape(-1, seq_len, self.num_heads, N, C).permute(0, 2, 3, 1, 4)  # (B, H, N, T, C)
        v = v.reshape(-1, seq_len, self.num_heads, N, C).permute(0, 2, 3, 1, 4)  # (B, H, N, T, C)
        attn = self.drop((q @ k.transpose(-2, -1)).softmax(dim=-1))
        x = attn @ v  # (B, H, N, T, C)
        return x.permute(0, 3, 2, 1, 4).reshape(B, N, C * self.num_heads)


def cost_volume(one, two, heads):
    batch, dim, ht, wd = one.shape
    one = rearrange(one, "b (heads d) h w -> b heads (h w) d", heads=heads)
    two = rearrange(two, "b (heads d) h w -> b heads (h w) d", heads=heads)
    cost = torch.einsum("bhid,bhjd->bhij", one, two)
    return cost.permute(0, 2, 1, 3).view(batch * ht * wd, heads, ht, wd)


def sampled(cores, ends, points, choose):
    lefts = torch.ones([points, 1])
    for at in range(len(cores)):
        fiber = torch.einsum("ijk,k->ij", cores[at], ends[at])
        rows = choose(torch.einsum("ij,jk->ik", lefts, fiber))
        lefts = torch.einsum("ij,jik->ik", lefts, cores[at][:, rows, :])
    return lefts


def differences(x):
    cases, _, steps = x.shape
    x = np.zeros((cases, 1, steps)).squeeze()
    return np.diff(x, 1)


def of_either_layout(m, k, rows_first):
    if rows_first:
        a = torch.empty(k, m).permute(1, 0)
    else:
        a = torch.empty(m, k).permute(0, 1)
    return rearrange(a, "m k -> k m")
