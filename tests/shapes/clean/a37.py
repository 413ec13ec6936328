import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
x = torch.randn(2, 3, 4)
xs = [x]
ys = xs
xs += [x]
y = rearrange(torch.stack(ys), "(a b) c d e -> a b c d e", a=2)
