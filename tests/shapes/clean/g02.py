import torch, numpy as np
from einops import rearrange
def to_np(x):
    x = rearrange(x, "c h w -> h w c").detach().cpu().numpy()
    x = x.repeat(2, 0)
    x = x.transpose(2, 0, 1)
    r, g, b = x
    mx = x.max(0)
    hw = mx.transpose(1, 0)
    return rearrange(mx, "h w -> w h"), rearrange(hw, "w h -> h w"), rearrange(x.squeeze(), "c h w -> h w c")
to_np(torch.zeros(3, 4, 5))
def viz(imgs):
    if isinstance(imgs, torch.Tensor):
        imgs = imgs.numpy()
    imgs = rearrange(imgs, "b c h w -> b h w c")
    grid = imgs.max(axis=0)
    rows = imgs.sum(axis=(1, 2))
    flat = imgs.repeat(3, axis=-1)
    m, n = imgs.min(0).shape[:2]
    s = imgs.size
    k = imgs.reshape(imgs.shape[0], -1).argmax(1)
    t = imgs.transpose((0, 3, 1, 2))
    t2 = imgs.transpose(0, 3, 1, 2)
    u = imgs.flatten("C")
    w = imgs.any(axis=-1); x = imgs.std(axis=(0, 1), ddof=1); y = imgs.round(2); z = imgs.squeeze(axis=0); q = imgs.ravel(); v = imgs.take([0], axis=1); o = imgs.swapaxes(1, 2)
    return rearrange(t, "b c h w -> b h w c"), rearrange(grid, "h w c -> c h w"), rearrange(rows, "b c -> c b"), rearrange(t2, "b c h w -> c b h w"), rearrange(z, "h w c -> c h w"), rearrange(v, "b k w c -> c w k b")
viz(torch.ones(1, 3, 4, 5))
def fromnp(a):
    a = rearrange(a, "h w c -> c h w")
    t = torch.from_numpy(a)
    t = torch.as_tensor(a, dtype=torch.float32); u = torch.tensor(a)
    lo = a.min(axis=(1, 2), keepdims=True)
    d = (a - lo) / (a.max(axis=(1, 2), keepdims=True) - lo + 1)
    return rearrange(t, "c h w -> h w c"), rearrange(d, "c h w -> h w c"), rearrange(a[a[..., 0] > 0] if False else a.sum(0), "h w -> w h"), rearrange(a.cumsum(), "n -> n 1"), rearrange(a.argsort(axis=None), "n -> n 1"), rearrange(a.repeat(2), "n -> n 1")
fromnp(np.ones((4, 5, 3)))
