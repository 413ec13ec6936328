"""jax, cupy and einsum of other libraries by the names of numpy and torch, where they mean the same."""

from __future__ import annotations

from functools import cache

# Their arguments after the first are called otherwise, or they differ in what they do.
_JAX_OWN = frozenset({"softmax", "log_softmax", "standardize", "one_hot", "logsumexp", "glu", "dot_product_attention"})
_SPELLED = {
    "swish": "silu", "log_sigmoid": "logsigmoid", "hard_tanh": "hardtanh", "soft_sign": "softsign",
    "hard_sigmoid": "hardsigmoid", "hard_swish": "hardswish", "hard_silu": "hardswish",
}  # fmt: skip
_EINSUM = frozenset({"opt_einsum.contract", "tensorflow.einsum"})
_LAX = {
    "lax.stop_gradient": "torch.detach",
    "lax.rsqrt": "torch.rsqrt",
    "lax.exp": "numpy.exp",
    "lax.tanh": "numpy.tanh",
}


@cache
def torch_or_numpy(name: str) -> str:
    """The name that the table holds a function of jax under; other names stay as they are."""
    head, _, rest = name.partition(".")
    if head == "cupy":
        return f"numpy.{rest}"
    if name in _EINSUM:
        return "numpy.einsum"
    if name.startswith(("einops.array_api.", "einops.einops.")):
        return f"einops.{rest.partition('.')[2]}"
    if head != "jax":
        return name
    module, _, function = rest.partition(".")
    if module == "numpy":
        return f"numpy.{function}"
    if module == "nn" and "." not in function and function not in _JAX_OWN:
        return f"torch.nn.functional.{_SPELLED.get(function, function)}"
    return _LAX.get(rest, name)
