import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
q, k, v = torch.randn(3, 2, 5, 8).unbind(0)
v = rearrange(v, "b n (h d) -> b h n d", h=2)
feats = {"a": torch.randn(2, 3, 4)}
out = {k: rearrange(v, "b n d -> b d n") for k, v in feats.items()}
