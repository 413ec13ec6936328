"""Tensors of unknown rank, reshaped by their own lengths: nothing is at another place, or nothing is certain."""

import torch


def add_dimensions(mask, norm):
    mask = norm(mask)
    return mask.view(mask.size(0), 1, mask.size(1), 1), mask.reshape(1, mask.shape[0], -1)


def drop_units(x, pool):
    x = pool(x)
    means = pool(x)
    return x.view(x.size(0), x.size(2), x.size(3)), means.reshape(means.shape[1], means.shape[2])


def one_batch(x, model):
    x = model(x)
    return x.view(x.shape[1], -1)


def last_of_one(pmf, samples, model):
    *shape, support, last = pmf.shape
    assert last == 1
    samples = model(samples)
    rows, columns = samples.shape[-2:]
    return pmf.view(-1, support), samples.reshape(-1, samples.shape[-2])


def squares(grid, model):
    grid = model(grid)
    return grid.view(grid.size(0), grid.size(1) * grid.size(2), grid.size(2), 2)


def shift_of_merged(x, model, c, n, s):
    x = torch.einsum("b i c n s -> b i c n s", model(x)).reshape(-1, 2, c * n, s)
    x = x.reshape(-1, 2, s, c * n)
    return x[:, :, 1:]


def unfold_batch(x, model, b, f):
    x = model(x)
    y = model(x)
    return x.view(b, f, x.size(1), x.size(2)), y.reshape(-1, f, y.shape[1], y.shape[2])


def chunks(x, model, size):
    x = model(x)
    y = model(x)
    return x.reshape(x.shape[0], -1, size, x.shape[2]), y.view(y.shape[0], y.shape[1] // size, size, y.shape[2])


def groups(x, model, g):
    x = model(x)
    y = model(x)
    return x.view(x.size(0), g, x.size(1) // g, *x.shape[2:]), y.view(g, y.size(0) // g, y.size(1))


def heads_in_batch(x, model, h, n):
    x = model(x)
    return x.reshape(-1, h, x.shape[1], n)


def video(out, b):
    out = out + 1
    return out.reshape(b, out.shape[1], -1, out.shape[2], out.shape[3])


def flattened(x, model):
    x = model(x)
    y = model(x)
    return x.view(x.size(0), x.size(1), -1, x.size(-1)), y.reshape(-1, y.shape[-1])


def of_another(x, model, h):
    y = model(x)
    return y.reshape(x.shape[0], h, x.shape[1], -1)


def relative_shift(scores, model):
    x = model(scores)
    x = x.reshape(x.shape[0], x.shape[2], x.shape[1])
    return x[:, 1:]


def longer(x, model):
    x = model(x)
    return x.view(x.size(0), x.size(1) + 1, x.size(2))


def in_memory_order(x, h):
    return torch.stack([x, x]).numpy().reshape(x.shape[0], h, x.shape[1], order="F")


class Square(torch.nn.Module):
    """A matrix with two dimensions of one length: that of the first says nothing of the second."""

    def __init__(self, channels, heads):
        super().__init__()
        if channels % heads != 0:
            raise ValueError("heads")
        self.weight = torch.nn.Parameter(torch.rand(channels, channels, 1, 1))

    def forward(self, x):
        return torch.nn.functional.linear(x, self.weight.reshape(self.weight.shape[0], -1))
