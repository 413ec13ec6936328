"""Layouts that are mixed up: each line that must be reported says by which rule."""

import torch
from einops import rearrange, reduce, repeat
from torch import nn


def to_channels_first(images):
    n, rows, cols, ch = images.shape
    return images.reshape(n, ch, rows, cols)  # scrambled-axes


def time_major(x):
    b, t, f = x.shape
    return x.view(t, b, f)  # scrambled-axes


def join_directions(h):
    dirs, b, hid = h.shape
    return h.reshape(b, dirs * hid)  # scrambled-axes


def reverse_windows(x, ws):
    b, h, w, c = x.shape
    win = x.view(b, h // ws, ws, w // ws, ws, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, ws * ws, c)
    win = win * 2
    return win.view(b, h // ws, w // ws, ws, ws, c).reshape(b, h, w, c)  # scrambled-axes


def restored(x, norm):
    y = x.permute(0, 2, 3, 1)
    y = y * 2
    return y.reshape(x.shape)  # scrambled-axes


class TokensToMap(nn.Module):
    def __init__(self, dim, patch):
        super().__init__()
        self.patch = patch
        self.embed = nn.Linear(3 * patch * patch, dim)

    def forward(self, img):
        b, c, height, width = img.shape
        tokens = rearrange(img, "b c (h p) (w q) -> b (h w) (p q c)", p=self.patch, q=self.patch)
        tokens = self.embed(tokens)
        return tokens.view(b, tokens.shape[-1], height // self.patch, width // self.patch)  # scrambled-axes


def packed(a, b, c):
    return rearrange([a, b, c], "three n h d -> n (three h d)")


def unpacked(a, b, c, heads):
    return rearrange(packed(a, b, c), "n (h d three) -> three n h d", three=3, h=heads)  # swapped-axis-names


def fold(x):
    b, c, h, w = x.shape
    return rearrange(x, "b h w c -> b (h w) c")  # swapped-axis-names


def pairs(z, left):
    b, i, j, c = z.shape
    return rearrange(z, "b j i c -> b c i j")  # swapped-axis-names


def pooled(x):
    n, c, h, w = x.shape
    return x.sum((2, 3)) / (w * w), reduce(x, "n c h w -> n c", "mean")  # mixed-statistics


def centred(x):
    x = rearrange(x, "b t c -> b c t")
    mu = x.mean(1, keepdim=True)
    sd = x.std(2, keepdim=True)  # mixed-statistics
    return (x - mu) / sd


def per_sample(loss):
    return reduce(loss, "b h w -> b h w", "sum")  # idle-reduction


def upsampled(x):
    low = reduce(x, "b c (h r) w -> b c h w", "max", r=2)
    return x - repeat(low, "b c h w -> b c (r h) w", r=2)  # repeat-order


def group_relative(rewards, scorer, group, prompts):
    b, t = prompts.shape
    scores = scorer(rewards)
    baseline = scores.view(group, b).mean(dim=0)  # repeat-order
    return scores - baseline.repeat_interleave(group)


def padded_mask(lengths, n):
    b = len(lengths)
    keep = torch.ones(1, n).expand(b, n)
    keep[0, 3:] = 0  # shared-write
    return rearrange(keep, "b n -> n b")


def filled(lengths, n):
    b = len(lengths)
    keep = torch.zeros(1, n).expand(b, n)
    keep[1].fill_(2)  # shared-write
    return rearrange(keep, "b n -> n b")


def scaled(x, g):
    t = rearrange(x, "b n c -> n b c")
    t.mul_(g)  # shared-write
    return x + rearrange(t, "n b c -> b n c")


def unmoved(x):
    b, n, d = x.shape
    return x.permute(0, 1, 2).reshape(b, -1)  # idle-permute


def shifted(x):
    t = rearrange(x, "b n c -> n b c")
    t += 1  # shared-write
    return x, t


def heat(x, net):
    b, c, h, w = x.shape
    m = (x * 2).sum(dim=1, keepdim=True)
    m = m.squeeze()  # dimensionless-squeeze
    return m.flatten(1).amax(dim=1)


def merged_by_other_names(q, heads, dim):
    b, h, n, d = q.shape
    return q.reshape(b, n, heads * dim)  # scrambled-axes


def beside_a_mask(x, y):
    b, h, n, d = x.shape
    mask = y.view(torch.int32)
    return x.reshape(b, n, h * d), mask  # scrambled-axes


def either(x, w, flag):
    b, n, d = x.shape
    b, n, e = w.shape
    if flag:
        w = w.permute(0, 2, 1)
    else:
        x = x.permute(0, 1, 2)  # idle-permute
    return x, w


def channels_anywhere(x):
    return torch.einsum("nhwc", x)  # implicit-order
