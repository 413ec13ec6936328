import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
batch = {"image": torch.randn(2, 3, 4, 4)}
batch["image"] = rearrange(batch["image"], "b c h w -> b (h w) c")
y = rearrange(batch["image"], "b n c -> b c n")
