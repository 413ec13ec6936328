"""Tensors of unknown rank, reshaped by their own lengths in another order."""

import torch


def split_heads(x, project, h):
    q = project(x)
    return q.reshape(q.shape[0], h, q.shape[1], -1)  # scrambled-axes


def split_heads_by_size(x, project, h, d):
    q = project(x)
    return q.view(q.size(0), h, q.size(1), d)  # scrambled-axes


def merge_heads(x, attend):
    out = attend(x)
    return out.reshape(out.shape[0], out.shape[2], -1)  # scrambled-axes


def merge_groups(x, attend, g):
    out = attend(x)
    return torch.reshape(out, (-1, g * out.shape[1] * out.shape[3], out.shape[2]))  # scrambled-axes


def frames_to_batch(video, norm):
    x = norm(video)
    return x.reshape(-1, x.shape[1], x.shape[3], x.shape[4])  # scrambled-axes


def channels_to_batch(waveform, drop):
    x = drop(waveform)
    return x.reshape(x.shape[0] * x.shape[2], x.shape[1], 1)  # scrambled-axes


def directions(hidden, size):
    h = torch.stack(hidden, dim=1)
    return h.reshape(h.shape[1] * 2, h.shape[0], size)  # scrambled-axes


def all_heads(qkv, h):
    return [t.reshape(t.shape[0], h, t.shape[1], -1) for t in qkv.chunk(3, dim=-1)]  # scrambled-axes


def padded(x, project, h):
    b, n, d = x.shape
    q = project(x) if n % 2 else torch.nn.functional.pad(x, (0, 0, 1, 0))
    q = torch.einsum("b n d, d e -> b n e", q, project.weight)
    return q.reshape(q.shape[0], h, q.shape[1], -1)  # scrambled-axes
