import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
frames = [torch.randn(4), torch.randn(4), torch.randn(4), torch.randn(4)]
del frames[0]
x = torch.stack(frames)
y = rearrange(x, "(a b) c -> a b c", a=3)
