"""Classes: attributes from `__init__`, layers, containers, configuration, methods."""

import torch
from einops import rearrange, repeat
from einops.layers.torch import EinMix, Rearrange, Reduce
from torch import nn


class Attention(nn.Module):
    def __init__(self, dim, heads=8, dim_head=64):
        super().__init__()
        inner = heads * dim_head  #: inner heads*dim_head or dim_head*heads
        self.heads = heads
        self.to_q = nn.Linear(dim, inner)
        self.to_kv = nn.Linear(dim, inner * 2)
        self.to_out = nn.Sequential(nn.Linear(inner, dim), nn.Dropout(0.1))
        self.null = nn.Parameter(torch.zeros(2, dim_head))

    def forward(self, x, context=None):
        b, n, _, h = *x.shape, self.heads  #: n ? or n
        q = self.to_q(x)  #: q unknown but that shape[-1] is dim_head*heads or (b, n, dim_head*heads)
        k, v = self.to_kv(x).chunk(2, dim=-1)
        q, k, v = (rearrange(t, "b n (h d) -> b h n d", h=h) for t in (q, k, v))  #: q (b, h, n, (dim_head*heads)//(h)) or (b, heads, n, dim_head)
        null_k, null_v = self.null.unbind(0)  #: null_k (dim_head,)
        null_k = repeat(null_k, "d -> b h 1 d", b=b, h=h)  #: null_k (b, h, 1, dim_head) or (b, heads, 1, dim_head)
        k = torch.cat((null_k, k), dim=-2)
        out = q * 2  #: out (b, h, n, (dim_head*heads)//(h)) or (b, heads, n, dim_head)
        out = rearrange(out, "b h n d -> b n (h d)")  #: out (b, n, (dim_head*heads)//(h)*h) or (b, n, dim_head*heads)
        return self.to_out(out), k, v  # the layer changes the last length


class Patches(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.patch = config.patch_size
        self.embed = nn.Linear(3 * 16 * 16, 512)
        self.position = nn.Parameter(torch.randn(1, 196, 512))
        self.token = nn.Parameter(torch.zeros(1, 1, config.hidden))
        self.blocks = nn.ModuleList([nn.Linear(512, 512) for _ in range(4)])
        self.norm = nn.LayerNorm(512)
        self.heads = nn.ModuleList([nn.Linear(512, 10), nn.Linear(512, 20)])

    def forward(self, image):
        tokens = rearrange(image, "b c (h p) (w q) -> b (h w) (p q c)", p=16, q=16)  #: tokens (b, h*w, 256*c)
        tokens = self.embed(tokens)  #: tokens (b, h*w, 512)
        tokens = tokens + self.position  #: tokens (b, 196, 512)
        for block in self.blocks:
            tokens = block(tokens) + tokens  #: tokens (b, 196, 512)
        tokens = self.norm(tokens)  #: tokens (b, 196, 512)
        pooled = tokens.mean(1)  #: pooled (b, 512)
        few = self.heads[0](pooled)  #: few (b, 10)
        outs = [head(pooled) for head in self.heads]  #: outs a list of (b, 10); (b, 20)
        token = self.token.squeeze(0)  #: token (1, hidden)
        size = self.patch * 2  #: size ? or 2*patch_size
        return few, outs, token, size


class Layers(nn.Module):
    def __init__(self, dim: int, hidden: int = 128):
        super().__init__()
        self.split = Rearrange("b c (h p1) (w p2) -> b (h w) (p1 p2 c)", p1=4, p2=4)
        self.pool = Reduce("b n d -> b d", "mean")
        self.mix = EinMix("b n c -> b n d", weight_shape="c d", bias_shape="d", c=48, d=96)
        self.net = nn.Sequential(
            nn.Linear(96, hidden),
            nn.GELU(),
            nn.Linear(hidden, dim),
        )
        self.conv = nn.Conv2d(3, 64, kernel_size=3, stride=2, padding=1)
        self.embed = nn.Embedding(1000, 32)
        self.scale = dim**-0.5

    def forward(self, images, ids):
        b, _, h, w = images.shape
        x = self.split(images)  #: x (b, ?*?, 16*c)
        x = self.mix(x)  #: x (b, ?*?, 96)
        x = self.net(x)  #: x (b, ?*?, dim)
        x = self.pool(x)  #: x (b, dim)
        x = x * self.scale  #: x (b, dim)
        features = self.conv(torch.zeros(2, 3, 32, 32))  #: features (2, 64, 16, 16)
        b, n = ids.shape
        words = self.embed(ids)  #: words (b, n, 32)
        words = self.widened(words)  #: words (b, n, 64)
        return x, features, words

    def widened(self, t):
        return torch.cat((t, t), dim=-1)

    @property
    def table(self):
        return self.embed.weight

    @staticmethod
    def flat(t):
        return rearrange(t, "b n d -> b (n d)")

    def used(self, t):
        table = self.table  #: table ? or (1000, 32)
        flat = self.flat(t)  #: flat (b, d*n)
        other = Layers.flat(t)  #: other (b, d*n)
        return table, flat, other


class Base(nn.Module):
    def __init__(self, dim=64):
        super().__init__()
        self.project = nn.Linear(dim, 3)


class Derived(Base):
    def __init__(self):
        super().__init__(dim=32)
        self.state = None

    def forward(self, x):
        b, n, d = x.shape
        y = self.project(x)  #: y ? or (b, n, 3)
        x = x * 1  #: x (b, n, d) or (b, n, 32)
        self.state = y
        z = self.state  #: z ? or (b, n, 3)
        return z, x
