import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
model = nn.Sequential(nn.Linear(8, 4), nn.ReLU())
feats = []
def hook(module, inputs, output):
    feats.append(output)
model[0].register_forward_hook(hook)
model(torch.randn(2, 8))
f = torch.stack(feats)
y = rearrange(f, "n b d -> b n d")
