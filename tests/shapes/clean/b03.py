import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
d = {"x": torch.randn(3, 4)}
d["x"].unsqueeze_(0)
y = rearrange(d["x"], "b c d -> b d c")
