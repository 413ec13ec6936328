"""jax, cupy and other einsum functions stand under the names of numpy and torch."""

from __future__ import annotations

from typing import Any

import pytest

from einlint.dimensions import dim, symbol
from einlint.operations.domain import SymbolicDomain
from einlint.operations.jax_names import torch_or_numpy
from einlint.program.deciding import use_decider
from einlint.program.value import BLANK, Value, dimension
from tests.operations.proxies import ByShape

A, B = symbol("a"), symbol("b")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("jax.numpy.einsum", "numpy.einsum"),
        ("jax.nn.relu", "torch.nn.functional.relu"),
        ("jax.nn.swish", "torch.nn.functional.silu"),
        ("jax.nn.softmax", "jax.nn.softmax"),
        ("jax.lax.scan", "jax.lax.scan"),
        ("cupy.einsum", "numpy.einsum"),
        ("opt_einsum.contract", "numpy.einsum"),
        ("einops.array_api.rearrange", "einops.rearrange"),
        ("torch.einsum", "torch.einsum"),
    ],
)
def test_name(name: str, meant: str) -> None:
    assert torch_or_numpy(name) == meant


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "shape"),
    [
        ("jax.random.normal", (None, (A, 3)), {}, (A, dim(3))),
        ("jax.random.uniform", (None,), {"shape": (A,), "minval": 0.0}, (A,)),
        ("jax.random.randint", (None, (A, B), 0, 5), {}, (A, B)),
        ("jax.random.bernoulli", (None, 0.5, (B,)), {}, (B,)),
        ("jax.nn.softmax", ("x",), {"axis": 0}, (A, B)),
        ("jax.nn.one_hot", ("x", 7), {}, (A, B, dim(7))),
        ("jax.nn.logsumexp", ("x",), {"axis": -1, "keepdims": True}, (A, dim(1))),
        ("jax.nn.gelu", ("x",), {"approximate": False}, (A, B)),
        ("jax.numpy.concatenate", (["x", "x"],), {"axis": 1}, (A, B * 2)),
        ("jax.numpy.einsum", ("ij,kj->ik", "x", "x"), {"precision": None}, (A, A)),
    ],
)
def test_shape(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], shape: tuple[Any, ...]) -> None:
    use_decider(ByShape({"a": 2, "b": 3}))
    x = Value((dimension(A), dimension(B)), BLANK)
    given = [[x, x] if a == ["x", "x"] else x if a == "x" else a for a in args]
    try:
        assert SymbolicDomain("numpy", {}).call(name, given, kwargs).shape == shape
    finally:
        use_decider(None)
