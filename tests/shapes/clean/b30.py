import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
def preprocess(x):
    return x
def run(x):
    b, c, h, w = x.shape
    return rearrange(preprocess(x), "b n -> n b")
def patched(x): return x.flatten(1)
globals()["preprocess"] = patched
run(torch.zeros(2, 3, 4, 5))
