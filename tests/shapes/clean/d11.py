import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from einops import rearrange, repeat, reduce, pack, unpack, einsum
from typing import Union, Optional
from dataclasses import dataclass, field
@dataclass
class Box:
    x: torch.Tensor
    ys: list = field(default_factory=list)
    n: int = 4
    def go(self):
        return rearrange(self.x, "(n d) -> n d", n=self.n)
Box(torch.zeros(6), n=3).go()
b = Box(torch.zeros(6)); b.n = 3; b.go()
b.ys.append(torch.zeros(3)); rearrange(torch.stack(b.ys), "a b -> b a", a=1)
