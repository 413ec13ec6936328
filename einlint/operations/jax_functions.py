"""What jax has beside the names of numpy: random numbers with keys, and `jax.nn`."""

from __future__ import annotations

from typing import Any

from einlint.operations.constructors import drawn, lengths
from einlint.operations.dtypes import dtype_of
from einlint.operations.reductions import chosen, without
from einlint.operations.table import denotes
from einlint.program.deciding import decider
from einlint.program.value import Value, opaque


@denotes("jax.random.normal", "jax.random.uniform", "jax.random.truncated_normal", "jax.random.gumbel")
def random(key: Any, shape: Any = (), dtype: Any = None, *limits: Any, **named: Any) -> Value:
    return drawn(lengths([shape]), dtype_of(dtype, "float32"))


@denotes("jax.random.randint")
def randint(key: Any, shape: Any, minval: Any, maxval: Any, dtype: Any = None) -> Value:
    return drawn(lengths([shape]), dtype_of(dtype, "int32"))


@denotes("jax.random.bernoulli")
def bernoulli(key: Any, p: Any = 0.5, shape: Any = None) -> Value:
    if shape is None and isinstance(p, Value):
        return drawn(p.shape, "bool")
    return drawn(lengths([() if shape is None else shape]), "bool")


@denotes("jax.nn.logsumexp", "jax.scipy.special.logsumexp")
def logsumexp(a: Value, axis: Any = None, b: Any = None, keepdims: Any = False) -> Value:
    decider().admit("a function of jax")
    result = without(a, chosen(a, axis), bool(keepdims))
    return opaque(result.shape, result)
