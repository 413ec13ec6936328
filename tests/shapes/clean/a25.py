from einops import rearrange
def f(x):
    x = rearrange(x, "b c h w -> b c (h w)")
    x = x.transpose(1, 2)
    return x.repeat(1, 2, 1)
