"""What a layer is: a name, the shapes of its parameters, and what it does to tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any

from einlint.dimensions import Dim, dim
from einlint.lazily import dataclass, replace
from einlint.operations.constructors import drawn
from einlint.operations.table import entries
from einlint.program.terms import Unprovable
from einlint.program.value import Value

_DTYPE = "float32"
_LEFT_OUT = frozenset({"device", "dtype"})


@dataclass(frozen=True)
class Layer:
    """A layer, ready to be called. Raises Undefined for tensors that it refuses.

    `arguments` are those that it was made with, positional and by name.
    """

    name: str
    forward: Callable[..., Any]
    parameters: Mapping[str, Value] = field(default_factory=dict)
    arguments: tuple[Any, ...] | None = field(default=None, compare=False, repr=False)

    def __call__(self, *tensors: Any, **options: Any) -> Any:
        if "input" in options:
            tensors = (options.pop("input"), *tensors)
        try:
            return self.forward(*tensors, **options)
        except (TypeError, AttributeError, LookupError, ValueError, ArithmeticError) as error:
            raise Unprovable(f"arguments that {self.name} does not describe: {error}") from error


Built = tuple[Callable[..., Any], Mapping[str, Value]]
"""What a constructor gives: the function of the tensors, and the parameters."""


def constructor(name: str, build: Callable[..., Built | Callable[..., Any]]) -> Callable[..., Layer]:
    """The registered constructor of a layer. Raises Unprovable for arguments that it does not describe."""

    def construct(*args: Any, **kwargs: Any) -> Layer:
        kept = {key: value for key, value in kwargs.items() if key not in _LEFT_OUT}
        try:
            built = build(*args, **kept)
        except (TypeError, AttributeError, LookupError, ValueError, ArithmeticError) as error:
            raise Unprovable(f"arguments that {name} does not describe: {error}") from error
        forward, parameters = built if isinstance(built, tuple) else (built, {})
        return Layer(name, forward, parameters, (args, kept))

    return construct


def call(function: str, *args: Any, **kwargs: Any) -> Any:
    """What a function of `torch.nn.functional` denotes."""
    return entries()[f"torch.nn.functional.{function}"](*args, **kwargs)


def parameter(*shape: Any) -> Value:
    """A parameter of this shape."""
    return drawn(sizes(shape), _DTYPE)


def sizes(values: Sequence[Any]) -> list[Dim]:
    """Integers given to a constructor. Raises Unprovable for anything else."""
    return [size(value) for value in values]


def size(value: Any) -> Dim:
    """An integer given to a constructor."""
    if isinstance(value, bool) or not isinstance(value, (int, Dim)):
        raise Unprovable("an argument that is no integer")
    return dim(value)


def flag(value: Any) -> bool:
    """A truth value given to a constructor."""
    if not isinstance(value, (bool, int)):
        raise Unprovable("an argument that is no truth value")
    return bool(value)


def tensor(value: Any) -> Value:
    """An operand of a layer. Raises Unprovable for anything else."""
    if not isinstance(value, Value):
        raise Unprovable("an operand that is no tensor")
    return value


def alike(value: Value | None, x: Value) -> Any:
    """A parameter in the dtype of the operand: models are moved as a whole."""
    return None if value is None else replace(value, dtype=x.dtype)
