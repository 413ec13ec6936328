"""jax.numpy."""

import jax
import jax.numpy as jnp
from einops import rearrange


def attention(q, k, v, heads: int = 8):
    q, k, v = (rearrange(t, "b n (h d) -> b h n d", h=heads) for t in (q, k, v))
    scores = jnp.einsum("bhid,bhjd->bhij", q, k)  #: scores (?, heads, n, n)
    weights = jax.nn.softmax(scores, axis=-1)  #: weights (?, heads, n, n)
    out = jnp.einsum("bhij,bhjd->bhid", weights, v)
    return rearrange(out, "b h n d -> b n (h d)")


def constants(key):
    x = jnp.zeros((2, 5, 8))  #: x (2, 5, 8)
    y = jnp.swapaxes(x, 1, 2)  #: y (2, 8, 5)
    z = jnp.concatenate([x, x], axis=0)  #: z (4, 5, 8)
    m = x @ y  #: m (2, 5, 5)
    e = jnp.expand_dims(m, 0)  #: e (1, 2, 5, 5)
    r = x.reshape(2, -1)  #: r (2, 40)
    noise = jax.random.normal(key, (2, 5))  #: noise ? or (2, 5)
    return z, e, r, noise


def cached(cache, x, at):
    keys = jnp.zeros((2, 16, 4, 8))
    keys = keys.at[:, at].set(x)  #: keys (2, 16, 4, 8)
    keys = keys.at[0, at : at + 1].add(1.0) + 0  #: keys (2, 16, 4, 8)
    row = keys.at[0].get()  #: row ?
    cache = cache.at[0].set(x)  #: cache ?
    return rearrange(keys, "b n h d -> b h n d"), row, cache
