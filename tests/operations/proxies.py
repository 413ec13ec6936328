"""Calls of the operations table written as calls of the libraries, to be run by both."""

from __future__ import annotations

import math
from typing import Any

import einops
import numpy as np
import torch
import torch.nn.functional as F

from einlint.dimensions import Dim, dim
from einlint.operations.domain import SymbolicDomain
from einlint.operations.reductions import Extremum
from einlint.operations.table import Scalar
from einlint.program.deciding import ConcreteDecider
from einlint.program.value import Value

LIBRARIES = {"torch": torch, "np": np, "F": F, "math": math, "einops": einops}
_NAMES = {"torch": "torch", "np": "numpy", "F": "torch.nn.functional", "math": "math", "einops": "einops"}
_BUILTINS = (
    "zip",
    "enumerate",
    "round",
    "bool",
    "len",
    "sum",
    "int",
    "min",
    "max",
    "float",
    "range",
    "abs",
    "tuple",
    "list",
    "reversed",
)


class ByShape(ConcreteDecider):
    """Asks for dimensions only; notes whether anything is left out."""

    by_shape = True
    admitted = False

    def admit(self, reason: str) -> None:
        self.admitted = True


class Name:
    """A dotted name of a library."""

    def __init__(self, domain: SymbolicDomain, path: str) -> None:
        self.domain, self.path = domain, path

    def __getattr__(self, name: str) -> Any:
        return Name(self.domain, f"{self.path}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        named = {name: plain(value) for name, value in kwargs.items()}
        return wrapped(self.domain, self.domain.call(self.path, [plain(a) for a in args], named))


class Tensor:
    """A symbolic tensor or size with the operators and methods of a real one."""

    def __init__(self, domain: SymbolicDomain, value: Value | Dim | Scalar) -> None:
        self.domain, self.value = domain, value

    def __getattr__(self, name: str) -> Any:
        if f"{self.domain.kind}.{name}" in _properties() or name in ("shape", "ndim", "dtype"):
            return wrapped(self.domain, self.domain.attribute(self.value, name))
        return Method(self, name)

    def __getitem__(self, index: Any) -> Any:
        return wrapped(self.domain, self.domain.subscript(self.value, plain(index)))

    def __iter__(self) -> Any:
        return iter([wrapped(self.domain, each) for each in self.domain.iterate(self.value)])

    def __neg__(self) -> Any:
        return wrapped(self.domain, self.domain.unary("-", self.value))

    def __invert__(self) -> Any:
        return wrapped(self.domain, self.domain.unary("~", self.value))


class Method:
    """A method of a symbolic tensor."""

    def __init__(self, receiver: Tensor, name: str) -> None:
        self.receiver, self.name = receiver, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        domain, named = self.receiver.domain, {name: plain(value) for name, value in kwargs.items()}
        return wrapped(domain, domain.method(self.receiver.value, self.name, [plain(a) for a in args], named))


def _properties() -> set[str]:
    return {"Tensor.T", "Tensor.mT", "Tensor.data", "ndarray.T", "ndarray.mT", "ndarray.size", "Tensor.real"}


def _operator(symbol: str, reflected: bool) -> Any:
    compares = symbol in ("==", "!=", "<", "<=", ">", ">=")

    def apply(self: Tensor, other: Any) -> Any:
        left, right = (plain(other), self.value) if reflected else (self.value, plain(other))
        return wrapped(self.domain, (self.domain.compare if compares else self.domain.binary)(symbol, left, right))

    return apply


for _name, _symbol in {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@",
    "and": "&", "or": "|", "xor": "^", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
}.items():  # fmt: skip
    setattr(Tensor, f"__{_name}__", _operator(_symbol, False))
    setattr(Tensor, f"__r{_name}__", _operator(_symbol, True))


def plain(value: Any) -> Any:
    """What the table takes in the place of a proxy."""
    if isinstance(value, Tensor):
        return value.value
    if isinstance(value, Name):
        return value.domain.member(value.path)
    if isinstance(value, slice):
        return slice(plain(value.start), plain(value.stop), plain(value.step))
    if isinstance(value, (tuple, list)):
        return (tuple if isinstance(value, tuple) else list)(plain(each) for each in value)
    return value


def wrapped(domain: SymbolicDomain, value: Any) -> Any:
    """A proxy for what the table gives."""
    if isinstance(value, Extremum):
        return Pair([wrapped(domain, value.values), wrapped(domain, value.indices)])
    if isinstance(value, (Value, Dim, Scalar)):
        return Tensor(domain, value)
    if isinstance(value, tuple) and value and all(isinstance(each, (int, Dim)) for each in value):
        return Sizes(Tensor(domain, dim(each)) if isinstance(each, (int, Dim)) else each for each in value)
    if isinstance(value, (tuple, list)):
        return type(value)(wrapped(domain, each) for each in value)
    return value


class Sizes(tuple[Any, ...]):
    """A shape."""

    __slots__ = ()

    def numel(self) -> Any:
        domain = self[0].domain
        return wrapped(domain, domain.method(tuple(plain(each) for each in self), "numel", (), {}))


class Pair(list[Any]):
    """Values and indices."""

    values = property(lambda self: self[0])
    indices = property(lambda self: self[1])


def names(domain: SymbolicDomain) -> dict[str, Any]:
    """What an expression may refer to beside its tensors."""
    found = {name: Name(domain, path) for name, path in _NAMES.items()}
    return found | {name: Name(domain, f"builtins.{name}") for name in _BUILTINS}


def shapes(value: Any, sizes: dict[str, int]) -> Any:
    """The shapes of a result, symbolic or real; None for what values decide."""
    if isinstance(value, Tensor) and isinstance(value.value, Value):
        return tuple(shapes(size, sizes) for size in value.value.shape)
    if isinstance(value, (torch.Tensor, np.ndarray, np.generic)):
        return tuple(value.shape)
    value = plain(value)
    if isinstance(value, Dim):
        return value.value(sizes) if value.symbols <= sizes.keys() else None
    if isinstance(value, (tuple, list)):
        return [shapes(each, sizes) for each in value]
    return value if isinstance(value, int) else None


def dtypes(value: Any) -> Any:
    """The dtypes of a result, symbolic or real."""
    if isinstance(value, Tensor):
        return value.value.dtype if isinstance(value.value, Value) else None
    if isinstance(value, (torch.Tensor, np.ndarray, np.generic)):
        return str(value.dtype).removeprefix("torch.")
    return [dtypes(each) for each in value] if isinstance(value, (tuple, list)) else None


def fits(one: Any, other: Any) -> bool:
    """Whether shapes agree where both are known."""
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        return len(one) == len(other) and all(map(fits, one, other))
    return one is None or other is None or bool(one == other)
