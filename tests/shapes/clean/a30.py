import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
a = torch.einsum("bi,bi->b", torch.ones(1, 3), torch.ones(4, 3))
b = torch.einsum("bij,bjk->bik", torch.ones(1, 2, 3), torch.ones(4, 3, 5))
c = rearrange(b, "(x y) i k -> x y i k", x=2)
