"""numpy."""

import numpy as np
from einops import rearrange


def images(batch):
    b, h, w, c = batch.shape
    x = batch.astype(np.float32) / 255  #: x (b, h, w, c)
    x = np.transpose(x, (0, 3, 1, 2))  #: x (b, c, h, w)
    x = x.reshape(b, c, h * w)  #: x (b, c, h*w)
    x = np.concatenate([x, x], axis=1)  #: x (b, 2*c, h*w)
    mean = x.mean(axis=(0, 2), keepdims=True)  #: mean (1, 2*c, 1)
    x = x - mean  #: x (b, 2*c, h*w)
    x = rearrange(x, "b c n -> (b n) c")  #: x (b*h*w, 2*c)
    return x @ np.zeros((4, 4))  # only for c = 2


def constants():
    x = np.zeros((3, 4))  #: x (3, 4)
    y = np.ones_like(x)[None]  #: y (1, 3, 4)
    z = np.stack([x, x], axis=-1)  #: z (3, 4, 2)
    w = np.einsum("ij,kj->ik", x, x)  #: w (3, 3)
    a = np.arange(12).reshape(3, 4)  #: a (3, 4)
    d = x.dot(a.T)  #: d (3, 3)
    rows, columns = x.shape  #: rows 3 #: columns 4
    first, second = np.split(z, 2, axis=-1)  #: first (3, 4, 1)
    return y, w, d, rows, columns, first, second
