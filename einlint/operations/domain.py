"""The symbolic side of evaluation: expressions over `Value`s instead of tensors.

What the table does not describe raises Unprovable; what the library would refuse raises Undefined.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from einlint.dimensions import Dim
from einlint.dimensions.dim import product
from einlint.operations.admission import called
from einlint.operations.arithmetic import mapped, pointwise
from einlint.operations.contractions import matmul
from einlint.operations.dtypes import DtypeName, named_dtype
from einlint.operations.elementwise import div
from einlint.operations.indexing import subscript
from einlint.operations.jax_names import torch_or_numpy
from einlint.operations.layers import Layer, layers
from einlint.operations.limits import Limits
from einlint.operations.reductions import Extremum
from einlint.operations.scalars import COMPARISONS, NUMBERS, compared, numbers, sequences
from einlint.operations.segments import picked
from einlint.operations.table import Scalar, entries
from einlint.program.deciding import Undefined, decider, require
from einlint.program.terms import Unprovable
from einlint.program.value import Value

_ITERATORS: tuple[type[Iterable[Any]], ...] = (type(iter([])), reversed)
_TENSOR_OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow",
    "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge",
}  # fmt: skip
_BY_SHAPE = {"//": "floor_divide", "%": "remainder", "&": "bitwise_and", "|": "bitwise_or", "^": "bitwise_xor"}
_CONSTANTS = {"inf": float("inf"), "nan": float("nan"), "pi": math.pi, "e": math.e, "newaxis": None, "Ellipsis": ...}
_PROPERTIES = frozenset({"T", "mT", "mH", "H", "real", "imag", "data"})

# As functions these take their numbers in one sequence, as methods also one by one.
_ONE_SEQUENCE = frozenset({"torch.reshape", "torch.permute", "torch.tile", "torch.flip"})


class SymbolicDomain:
    """Names, calls, operators and subscripts over symbolic tensors of one framework."""

    def __init__(self, framework: str, tensors: Mapping[str, Value]) -> None:
        self.kind = "Tensor" if framework == "torch" else "ndarray"
        self.tensors = tensors

    def name(self, identifier: str) -> Any:
        """A tensor of the question."""
        return self.tensors[identifier]

    def constant(self, value: object) -> Any:
        return value

    def member(self, path: str) -> Any:
        """A dtype or a constant of a module."""
        dtype, name = named_dtype(path), path.rpartition(".")[2]
        if dtype is not None:
            return dtype
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        raise Unprovable(f"{path} is not in the operations table")

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call a function by its full dotted name."""
        name = torch_or_numpy(name)
        entry = entries().get(name)
        if entry is None and name in layers():
            return layers()[name](*args, **kwargs)
        if entry is None:
            raise Unprovable(f"{name} is not in the operations table")
        if name in _ONE_SEQUENCE and not (len(args) == 2 and isinstance(args[1], (tuple, list))):
            decider().admit("numbers where the function takes a sequence")
        return called(entry, args, kwargs)

    def method(self, receiver: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call a method of a tensor, or of a tuple."""
        if isinstance(receiver, tuple) and name == "numel":
            return product(receiver)
        if isinstance(receiver, Layer) and name == "__call__":
            return receiver(*args, **kwargs)
        if not isinstance(receiver, Value):
            raise Unprovable(f"a method of {type(receiver).__name__}")
        entry = entries().get(f"{self.kind}.{name}")
        if entry is None:
            raise Unprovable(f"{self.kind}.{name} is not in the operations table")
        return called(entry, [receiver, *args], kwargs)

    def attribute(self, receiver: Any, name: str) -> Any:
        """A property of a tensor or of a result."""
        if isinstance(receiver, Extremum):
            return {"values": receiver.values, "indices": receiver.indices}[name]
        if isinstance(receiver, Limits):
            return getattr(receiver, name)
        if not isinstance(receiver, Value):
            raise Unprovable(f"an attribute of {type(receiver).__name__}")
        if name == "shape":
            return tuple(receiver.shape)
        if name == "ndim":
            return len(receiver.dims)
        if name == "dtype":
            return DtypeName(receiver.dtype)
        if name == "size":
            return product(receiver.shape)
        entry = entries().get(f"{self.kind}.{name}")
        if entry is None or name not in _PROPERTIES:
            raise Unprovable(f"{self.kind}.{name} is not in the operations table")
        return entry(receiver)

    def unary(self, symbol: str, value: Any) -> Any:
        if isinstance(value, Value):
            if symbol == "-":
                return pointwise("neg", (value,))
            if symbol == "~" and value.dtype == "bool":
                return pointwise("not", (value,), "bool")
            raise Unprovable(f"unary {symbol}")
        if symbol == "-":
            return Scalar(mapped("neg", [value.term])) if isinstance(value, Scalar) else -value
        if symbol == "+":
            return value
        raise Unprovable(f"unary {symbol}")

    def binary(self, symbol: str, left: Any, right: Any) -> Any:
        if isinstance(left, Value) or isinstance(right, Value):
            return self._tensors(symbol, left, right)
        if isinstance(left, (tuple, list)) or isinstance(right, (tuple, list)):
            return sequences(symbol, left, right)
        return numbers(symbol, left, right)

    def _tensors(self, symbol: str, left: Any, right: Any) -> Any:
        if symbol == "@":
            return matmul(left, right)
        if not all(isinstance(v, (Value, *NUMBERS)) for v in (left, right)):
            raise Unprovable("an operator of tensors and other things")
        if symbol == "/":
            return div(left, right)
        if symbol in _BY_SHAPE:
            return entries()[f"torch.{_BY_SHAPE[symbol]}"](left, right)
        name = _TENSOR_OPERATORS.get(symbol)
        if name is None:
            raise Unprovable(f"operator {symbol}")
        return pointwise(name, (left, right), "bool" if symbol in COMPARISONS else None)

    def compare(self, symbol: str, left: Any, right: Any) -> Any:
        if symbol in ("in", "not in") and isinstance(right, (tuple, list)):
            return any(self.truth(self.compare("==", left, each)) for each in right) is (symbol == "in")
        if symbol in ("is", "is not") and (left is None or right is None):
            return (left is right) is (symbol == "is")
        if isinstance(left, Value) or isinstance(right, Value):
            return self._tensors(symbol, left, right)
        if isinstance(left, Dim) or isinstance(right, Dim):
            return compared(symbol, left, right)
        if symbol not in COMPARISONS or any(isinstance(v, Scalar) for v in (left, right)):
            raise Unprovable(f"comparison {symbol}")
        return COMPARISONS[symbol](left, right)

    def truth(self, value: Any) -> bool:
        if isinstance(value, (Value, Scalar)):
            raise Unprovable("a condition on values")
        return compared("!=", value, 0) if isinstance(value, Dim) else bool(value)

    def iterate(self, value: Any) -> Iterable[Any]:
        if isinstance(value, Value):
            require(bool(value.dims), "iteration over a scalar")
            return [picked(value, 0, k) for k in range(decider().integer(value.shape[0]))]
        if isinstance(value, Extremum):
            return [value.values, value.indices]
        known = isinstance(value, (tuple, list, range, *_ITERATORS))
        if not known:
            raise Unprovable(f"iteration over {type(value).__name__}")
        return list(value)

    def subscript(self, receiver: Any, index: Any) -> Any:
        if isinstance(receiver, Value):
            return subscript(receiver, index, self.kind)
        if isinstance(receiver, Extremum):
            return (receiver.values, receiver.indices)[index]
        if isinstance(index, Dim):
            index = decider().integer(index)
        if isinstance(index, slice):
            index = slice(
                *(decider().integer(v) if isinstance(v, Dim) else v for v in (index.start, index.stop, index.step))
            )
        try:
            return receiver[index]
        except (LookupError, TypeError) as error:
            raise Undefined(str(error)) from error
