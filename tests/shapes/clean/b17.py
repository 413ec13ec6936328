import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def main(flag):
    xs = [torch.zeros(3), torch.zeros(3)]
    xs.append(torch.zeros(3)) if flag else None
    return rearrange(torch.stack(xs), "(a b) c -> a b c", a=2)
main(False)
