"""An image of which only the rank is known is an array where it is read backwards."""

import numpy as np
import torch
from einops import rearrange


def edges(image, net):
    assert image.ndim == 3
    image = image[:, :, ::-1].copy()
    with torch.no_grad():
        x = rearrange(torch.from_numpy(image), "h w c -> 1 c h w")
        return np.clip(net(x)[0].numpy(), 0, 255)
