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


def transposed_in_place(data):
    data = data.contiguous()
    data.reshape(-1).copy_(data.transpose(-1, -2).contiguous().reshape(-1))
    return data.reshape(data.shape[-1], data.shape[-2])


def one_sample(motion, heads, dim):
    return motion.detach().view(1, motion.shape[1], heads, dim // heads)


def packed_rows(weight, stride, interleave):
    n, k = weight.shape
    packed = weight.reshape(n // interleave, interleave, k // stride, stride).permute(0, 2, 1, 3)
    packed = packed.reshape(n // interleave, k // stride, stride, interleave)
    return packed[..., 0] | (packed[..., 1] << 4) | (packed[..., 2] << 8) | (packed[..., 3] << 12)


def unpacked_rows(packed, rows, columns):
    grouped = packed.reshape(rows // 32, columns // 2, 16, 2).permute(0, 2, 1, 3)
    high = torch.bitwise_and(torch.bitwise_right_shift(grouped, 4), 0x0F)
    return torch.cat((torch.bitwise_and(grouped, 0x0F), high), dim=1).reshape(rows, columns)


def scales_of_groups(x, groups):
    scale = x.reshape(groups, -1).amax(1, keepdim=True)
    return torch.cat([scale.squeeze().unsqueeze(0), scale.squeeze().unsqueeze(0)])


def channels_last(x):
    if x.dim() == 4:
        return x.permute(0, 2, 3, 1).contiguous().view(*x.shape)
    return x


def scales_of_tiles(scales, x):
    b, h, m, n = x.shape
    scales = scales.view(b, h // 64, 4, 16, m, n // 16).permute(0, 1, 3, 2, 4, 5).reshape(b, h, m, n // 16)
    return scales.view(b, h // 64, 64, m, n // 64, 4).permute(0, 1, 4, 3, 2, 5).reshape(b, h, m, n // 16)


def blocked(matrix, ceil_div):
    rows, cols = matrix.shape
    tall, wide = ceil_div(rows, 128), ceil_div(cols, 4)
    padded = matrix
    if (rows, cols) != (tall * 128, wide * 4):
        padded = torch.zeros((tall * 128, wide * 4), dtype=matrix.dtype)
        padded[:rows, :cols] = matrix
    blocks = padded.view(tall, 128, wide, 4).permute(0, 2, 1, 3)
    tiles = blocks.reshape(-1, 4, 32, 4).transpose(1, 2).reshape(-1, 32, 16)
    return tiles.reshape(tall * 128, wide * 4)


def weights_of_bytes(blocks, payload):
    n, kb, _ = blocks.shape
    bases = blocks[..., :2].contiguous()
    if not torch.isfinite(bases.view(torch.float16)).all():
        raise ValueError
    tile = 128 if n % 128 == 0 else 8
    values = blocks[..., 2 : 2 + payload].reshape(n // tile, tile, kb, payload).permute(0, 2, 1, 3)
    return values.contiguous().view(n, kb * payload)
