import torch
from einops.layers.torch import Rearrange
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(Rearrange("batch ch time -> batch 1 ch time"), nn.Conv2d(1, 4, 1))

    def forward(self, x):
        # x shape: (batch_size, n_chans, n_times)
        x = self.first(x)
        # (batch_size, n_filter, n_chans, n_times)
        return x


Block()(torch.ones(2, 3, 5))
