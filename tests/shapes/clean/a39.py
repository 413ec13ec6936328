import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
xs = []
[xs.append(t) for t in torch.randn(4, 3)]
y = rearrange(torch.stack(xs), "(a b) c -> a b c", a=2)
