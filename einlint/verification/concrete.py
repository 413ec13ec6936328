"""The concrete domain: real torch and numpy values, reached only through the table of names.

Lives in the worker. Functions are looked up once, when the library is loaded.
"""

from __future__ import annotations

import builtins
import importlib
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from einlint.verification import whitelist
from einlint.verification.expressions import MAX_INTEGER, Refused
from einlint.verification.limits import OverLimit, check_length

MAX_ELEMENTS = 2**24

_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "@": operator.matmul, "&": operator.and_, "|": operator.or_,
    "^": operator.xor, "<<": operator.lshift, ">>": operator.rshift,
}  # fmt: skip
_UNARY: dict[str, Callable[[Any], Any]] = {"+": operator.pos, "-": operator.neg, "~": operator.invert}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "is": operator.is_, "is not": operator.is_not,
    "in": lambda left, right: left in right, "not in": lambda left, right: left not in right,
}  # fmt: skip


class Library:
    """torch, numpy and einops, with every name of the table resolved."""

    def __init__(self) -> None:
        self.torch = _module("torch")
        self.numpy = _module("numpy")
        einops = _module("einops")
        if self.torch is not None and einops is not None:
            _module("einops.layers.torch")
        self.modules = {
            "torch": self.torch, "numpy": self.numpy, "einops": einops, "math": math, "builtins": builtins,
        }  # fmt: skip
        self._tensors: tuple[type, ...] = () if self.torch is None else (self.torch.Tensor,)
        self._arrays: tuple[type, ...] = () if self.numpy is None else (self.numpy.ndarray, self.numpy.generic)
        self.functions = _resolved(whitelist.FUNCTIONS, self.modules)
        self.constants = _resolved(whitelist.CONSTANTS, self.modules)

    def absent(self, path: str) -> Refused:
        """Why a name of the table leads nowhere."""
        package = path.split(".")[0]
        if self.modules[package] is None:
            return Refused(f"`{package}` is not installed")
        return Refused(f"`{path}` does not exist in the installed version")

    def is_tensor(self, value: object) -> bool:
        return isinstance(value, self._tensors)

    def is_array(self, value: object) -> bool:
        return isinstance(value, self._arrays)

    def kind(self, value: object) -> str:
        """The receiver kind, a key of the tables of methods and properties."""
        if self.is_tensor(value):
            return "tensor"
        if self.is_array(value):
            return "ndarray"
        if isinstance(value, tuple | list):
            return self._sequence_kind(value)
        if isinstance(value, bool | int | float | complex):
            return "number"
        if isinstance(value, dict):
            return "dict"
        return self._library_kind(value)

    def _sequence_kind(self, value: Sequence[object]) -> str:
        if self.torch is not None and isinstance(value, self.torch.Size):
            return "size"
        return "sequence" if type(value) in (tuple, list) else "result"

    def _library_kind(self, value: object) -> str:
        if isinstance(value, self.numpy.dtype | self.numpy.finfo | self.numpy.iinfo):
            return "scalar dtype" if isinstance(value, self.numpy.dtype) else "limits"
        if self.torch is None:
            return "other"
        if isinstance(value, self.torch.dtype):
            return "scalar dtype"
        if isinstance(value, self.torch.finfo | self.torch.iinfo):
            return "limits"
        return "layer" if isinstance(value, self.torch.nn.Module) else "other"


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _resolved(paths: Iterable[str], modules: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for path in paths:
        root, *parts = path.split(".")
        value = modules[root]
        for part in parts:
            value = getattr(value, part, None)
        if value is not None:
            found[path] = value
    return found


class Concrete:
    """Evaluates with real values; every result is held against the limits."""

    def __init__(self, library: Library, operands: Mapping[str, Any]) -> None:
        self.library = library
        self.operands = operands

    def name(self, identifier: str) -> Any:
        return self.operands[identifier]

    def constant(self, value: object) -> Any:
        return value

    def member(self, path: str) -> Any:
        if path == "numpy.newaxis":
            return None
        if path not in self.library.constants:
            raise self.library.absent(path)
        return self.library.constants[path]

    def call(self, path: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        function = self.library.functions.get(path)
        if function is None:
            raise self.library.absent(path)
        if path == "torch.func.functional_call":
            _check_weights(*args[:2])
        self._check_arguments(function, args, kwargs)
        return self._checked(function(*args, **kwargs))

    def method(self, receiver: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        kind = self.library.kind(receiver)
        if name not in whitelist.METHODS.get(kind, ()):
            raise Refused(f"a {kind} has no method `.{name}()` in the table")
        self._check_arguments(None, args, kwargs)
        return self._checked(getattr(receiver, name)(*args, **kwargs))

    def attribute(self, receiver: Any, name: str) -> Any:
        kind = self.library.kind(receiver)
        if name not in whitelist.PROPERTIES.get(kind, ()):
            raise Refused(f"a {kind} has no attribute `.{name}` in the table")
        return self._checked(getattr(receiver, name))

    def subscript(self, receiver: Any, index: Any) -> Any:
        if isinstance(receiver, str):
            raise Refused("a string cannot be indexed")
        return self._checked(receiver[index])

    def unary(self, operator: str, operand: Any) -> Any:
        return self._checked(_UNARY[operator](operand))

    def binary(self, operator: str, left: Any, right: Any) -> Any:
        return self._checked(_BINARY[operator](left, right))

    def compare(self, operator: str, left: Any, right: Any) -> Any:
        return _COMPARE[operator](left, right)

    def truth(self, value: Any) -> bool:
        return bool(value)

    def iterate(self, value: Any) -> Iterable[Any]:
        if isinstance(value, str):
            raise Refused("a string cannot be iterated")
        if hasattr(value, "__len__"):
            check_length(len(value))
        return list(value)

    def _check_arguments(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        if isinstance(function, self.library.numpy.ufunc) and len(args) > function.nin:
            raise Refused("a ufunc's positional output is not allowed")
        if kwargs.get("dropout_p", 0) != 0:
            raise Refused("dropout is random, so it cannot be compared")

    def _checked(self, value: Any) -> Any:
        if self.library.is_tensor(value):
            _limit(value.numel())
        elif self.library.is_array(value):
            _limit(value.size)
            if value.dtype.kind not in "biufc":
                raise Refused(f"arrays of dtype `{value.dtype}` are not allowed")
        elif isinstance(value, int) and abs(value) >= MAX_INTEGER * 2:
            raise OverLimit("an integer beyond 64 bits is not computed with")
        elif isinstance(value, tuple | list):
            return self._checked_sequence(value)
        elif isinstance(value, zip | enumerate | map | reversed) or type(value).__name__.endswith("iterator"):
            return list(value)
        return value

    def _checked_sequence(self, value: Any) -> Any:
        check_length(len(value))
        for item in value:
            if type(item) is not int and (self.library.is_tensor(item) or self.library.is_array(item)):
                self._checked(item)
        return value


def _check_weights(layer: Any, weights: Any = None) -> None:
    """A weight that is not given would be random."""
    missing = {name for name, _ in layer.named_parameters()} - set(weights if isinstance(weights, dict) else ())
    if missing:
        raise Refused(f"the weight `{min(missing)}` is not given, so it would be random")


def _limit(elements: int) -> None:
    if elements > MAX_ELEMENTS:
        raise OverLimit(f"a tensor of {elements} elements is more than verification computes with")
