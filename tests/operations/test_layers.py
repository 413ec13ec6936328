"""Layers against the real ones: shapes of results and of parameters, and what they refuse."""

from __future__ import annotations

import warnings
from typing import Any

import einops.layers.torch as einops_layers
import pytest
import torch
from einops import EinopsError

from einlint.dimensions import symbol
from einlint.operations.domain import SymbolicDomain
from einlint.operations.layers import layers
from einlint.program.deciding import Undefined, use_decider
from einlint.program.terms import Unprovable
from tests.operations.cases import texts
from tests.operations.layer_cases import LAYERS
from tests.operations.proxies import ByShape, Tensor, fits, names, plain, shapes, wrapped
from tests.operations.test_by_shape import SIZES, operands

EINOPS = {name: getattr(einops_layers, name) for name in ("Rearrange", "Reduce", "EinMix")}


class Constructors:
    """`nn` with symbolic layers."""

    def __init__(self, domain: SymbolicDomain, made: list[Any], prefix: str) -> None:
        self.domain, self.made, self.prefix = domain, made, prefix

    def __getattr__(self, name: str) -> Any:
        def construct(*args: Any, **kwargs: Any) -> Any:
            named = {key: plain(value) for key, value in kwargs.items()}
            layer = layers()[f"{self.prefix}.{name}"](*(plain(a) for a in args), **named)
            self.made.append(layer)

            def call(*tensors: Any, **options: Any) -> Any:
                named = {key: plain(value) for key, value in options.items()}
                return wrapped(self.domain, layer(*(plain(t) for t in tensors), **named))

            return call

        return construct


def said(text: str, sizes: dict[str, int]) -> tuple[Any, dict[str, Any]]:
    """The shape of the result and of the parameters by the table."""
    use_decider(ByShape(sizes))
    domain, made = SymbolicDomain("torch", {}), list[Any]()
    tensors = {name: Tensor(domain, value) for name, _, value in operands("torch", sizes)}
    numbers = {name: Tensor(domain, symbol(name)) for name in sizes}
    ours = Constructors(domain, made, "einops.layers.torch")
    known = {name: getattr(ours, name) for name in EINOPS} | {"nn": Constructors(domain, made, "torch.nn")}
    try:
        result = shapes(eval(text, {**names(domain), **tensors, **numbers, **known}), sizes)
        parameters = made[0].parameters.items()
        return result, {name: tuple(s.value(sizes) for s in value.shape) for name, value in parameters}
    except Undefined:
        return "raises", {}
    finally:
        use_decider(None)


def real(text: str, sizes: dict[str, int]) -> tuple[Any, dict[str, Any]]:
    """The same by torch."""
    made: list[Any] = []

    class Recording:
        def __getattr__(self, name: str) -> Any:
            def construct(*args: Any, **kwargs: Any) -> Any:
                made.append(getattr(torch.nn, name)(*args, **kwargs).double())
                return made[-1]

            return construct

    def recorded(build: Any) -> Any:
        def construct(*args: Any, **kwargs: Any) -> Any:
            made.append(build(*args, **kwargs).double())
            return made[-1]

        return construct

    tensors = {name: array for name, array, _ in operands("torch", sizes)}
    known = {name: recorded(build) for name, build in EINOPS.items()} | {"nn": Recording(), "torch": torch}
    torch.set_default_dtype(torch.float64)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            result = eval(text, {**known, **tensors, **sizes})
    except (RuntimeError, ValueError, IndexError, TypeError, AssertionError, EinopsError):
        return "raises", {}
    finally:
        torch.set_default_dtype(torch.float32)
    return shapes(result, sizes), {name: tuple(value.shape) for name, value in made[0].named_parameters()}


@pytest.mark.parametrize("text", texts(LAYERS))
def test_layer(text: str) -> None:
    for sizes in SIZES[1:]:
        (shape, parameters), (wanted, theirs) = said(text, sizes), real(text, sizes)
        assert fits(shape, wanted), f"{shape} not {wanted} at {sizes}"
        assert {n: s for n, s in theirs.items() if n in parameters} == parameters


def test_every_layer_has_a_case() -> None:
    assert sorted(n for n in layers() if n.startswith("torch.nn.") and f"{n[6:]}(" not in LAYERS) == []


@pytest.mark.parametrize("name", layers())
def test_a_layer_of_unknown_things_is_unknown(name: str) -> None:
    try:
        layer = layers()[name](object(), object())
        layer(object())
    except Unprovable:
        return
    raise AssertionError(f"{name} takes anything")
