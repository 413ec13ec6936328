"""Files that import numpy, too: methods and modules say which tensors are torch's."""

import numpy as np
import torch
from torch import nn


def to_tokens(x: torch.Tensor):
    b, c, h, w = x.shape
    x = x.view(b, h * w, c)  # scrambled-axes
    return x.softmax(-1)


def merged_heads(x, heads):
    b, n, d = x.shape
    y = x.view(b, n, heads, d // heads).transpose(1, 2)
    return y.reshape(b, n, d)  # scrambled-axes


class Tokens(nn.Module):
    def forward(self, x):
        b, c, h, w = x.shape
        x = self.norm(x.mean(1)) * x.view(b, h * w, c)  # scrambled-axes
        return x.softmax(-1)


def right(x):
    b, h, w, c = x.shape
    y = np.zeros((3, 4)).view(np.float32)
    return x.view(b, h * w, c).transpose(1, 2), y
