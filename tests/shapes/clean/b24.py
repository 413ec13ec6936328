import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
x = torch.randn(3, 4)
def inplace(x):
    x.resize_(12)
inplace(x)
y = rearrange(x, "(a b) -> a b", a=2)
z = torch.zeros(2, 3)
z.data = torch.zeros(2, 3, 4)
w = rearrange(z, "a b c -> c b a")
torch.Tensor.unsqueeze_(z, 0)
w = rearrange(z, "q a b c -> c b a q")
