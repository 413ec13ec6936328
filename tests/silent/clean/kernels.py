"""Layouts in memory that kernels want: tiles, buffers that a kernel fills, four axes of a kind in a mask."""

import torch
from einops import rearrange


def tiles(scales, rows, columns):
    batch, m, k = scales.shape
    padded = torch.zeros((batch, rows, columns), dtype=scales.dtype)
    padded[:batch, :m, :k] = scales
    padded = padded.reshape(batch, rows // 128, 4, 32, columns // 4, 4)
    padded = padded.permute(0, 1, 4, 3, 2, 5).contiguous()
    return padded.reshape(batch, rows, columns)


def tiles_of_a_known_shape(weight, p, q):
    m, k = weight.shape
    tiled = weight.reshape(m // p, p, k // q, q).transpose(1, 2)
    return tiled.reshape(m, k)


def filled_by_a_kernel(kernel, x, heads, dim):
    frames, tokens, channels = x.shape
    out = torch.empty_like(x)
    kernel[(frames, tokens)](x, out, frames, tokens)
    return out.view(frames, heads, tokens, dim)


def window_mask(mask):
    return rearrange(mask, "w1 w2 p1 p2 p3 p4 -> 1 1 (w1 w2) (p1 p2) (p3 p4)")


def by_its_own_lengths(rope, strided):
    x = torch.randn(2, 17, 3, 64)
    if strided:
        x = x[:, ::2]
    return rope * x.reshape(2, x.shape[1], 3, 32, 1, 2)
