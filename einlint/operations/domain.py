"""The symbolic side of evaluation: expressions over `Value`s instead of tensors.

What the table does not describe raises Unprovable; what the library would refuse raises Undefined.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

from einlint.dimensions import Dim, dim
from einlint.dimensions.dim import product
from einlint.operations.arithmetic import constant_of, is_finite, mapped, pointwise, power, term_of
from einlint.operations.contractions import matmul
from einlint.operations.reductions import Extremum
from einlint.operations.segments import cut, picked
from einlint.operations.structure import number_of, unsqueeze
from einlint.operations.table import Scalar, entries
from einlint.program.terms import Unprovable, factor, new_axis
from einlint.program.value import Undefined, Value, decider, dimension, operand, require

_ITERATORS: tuple[type[Iterable[Any]], ...] = (type(iter([])), reversed)
_NUMBERS = (int, float, Dim, Scalar)
_TENSOR_OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow",
    "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge",
}  # fmt: skip
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_DTYPES = frozenset("bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split())
_ALIASES = {"float": "float32", "double": "float64", "half": "float16", "long": "int64", "int": "int32"}


# As functions these take their numbers in one sequence, as methods also one by one.
_ONE_SEQUENCE = frozenset({"torch.reshape", "torch.permute", "torch.tile", "torch.flip"})


class DtypeName(str):
    """A dtype object, by its name: text is another thing, and only numpy takes it."""

    __slots__ = ()


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
        name = path.rpartition(".")[2]
        if name in _DTYPES or name in _ALIASES:
            return DtypeName(_ALIASES.get(name, name))
        raise Unprovable(f"{path} is not in the operations table")

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call a function by its full dotted name."""
        special = _SPECIAL.get(name)
        if special is not None:
            return special(*args, **kwargs)
        entry = entries().get(name)
        if entry is None:
            raise Unprovable(f"{name} is not in the operations table")
        if name in _ONE_SEQUENCE and not (len(args) == 2 and isinstance(args[1], (tuple, list))):
            raise Unprovable("numbers where the function takes a sequence")
        return _called(entry, args, kwargs)

    def method(self, receiver: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call a method of a tensor, or of a tuple."""
        if not isinstance(receiver, Value):
            raise Unprovable(f"a method of {type(receiver).__name__}")
        self._admit_foreign(name, args, kwargs)
        if name == "size" and self.kind == "Tensor":
            return receiver.shape[number_of(args[0], len(receiver.dims))] if args else tuple(receiver.shape)
        if name in ("dim", "ndimension"):
            return len(receiver.dims)
        if name == "numel":
            return product(receiver.shape)
        if name in ("double", "to", "type", "astype", "float"):
            known = {"double": DtypeName("float64"), "float": DtypeName("float32")}
            return _converted(receiver, known.get(name, args), kwargs)
        if name in ("new_zeros", "new_ones", "new_full"):
            value = {"new_zeros": 0, "new_ones": 1}.get(name)
            shape = args[0] if isinstance(args[0], (tuple, list)) else args
            return filled(shape, args[1] if value is None else value, receiver.dtype)
        entry = entries().get(f"{self.kind}.{name}")
        if entry is None:
            raise Unprovable(f"{self.kind}.{name} is not in the operations table")
        return _called(entry, [receiver, *args], kwargs)

    def _admit_foreign(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Methods that are written out here belong to one framework and take few arguments."""
        torch_only = {"size": 1, "dim": 0, "ndimension": 0, "numel": 0, "double": 0, "float": 0, "to": 1, "type": 1}
        odd = kwargs or any(isinstance(value, bool) for value in args)
        if name in torch_only and (self.kind != "Tensor" or len(args) > torch_only[name] or odd):
            decider().admit(f"the arguments of {name}")
        if name in ("new_zeros", "new_ones", "new_full") and (self.kind != "Tensor" or kwargs or not args):
            decider().admit(f"the arguments of {name}")
        if name == "astype" and (self.kind == "Tensor" or len(args) != 1 or kwargs):
            decider().admit("the arguments of astype")

    def attribute(self, receiver: Any, name: str) -> Any:
        """A property of a tensor or of a result."""
        if isinstance(receiver, Extremum):
            return {"values": receiver.values, "indices": receiver.indices}[name]
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
        if entry is None or name not in ("T", "mT", "mH"):
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
            return _sequences(symbol, left, right)
        return numbers(symbol, left, right)

    def _tensors(self, symbol: str, left: Any, right: Any) -> Any:
        if symbol == "@":
            return matmul(left, right)
        if not all(isinstance(v, (Value, *_NUMBERS)) for v in (left, right)):
            raise Unprovable("an operator of tensors and other things")
        name = _TENSOR_OPERATORS.get(symbol)
        if name is None:
            raise Unprovable(f"operator {symbol}")
        tensors = [v for v in (left, right) if isinstance(v, Value)]
        if name == "div" and not any(v.dtype.startswith("float") for v in tensors):
            raise Unprovable("division of integers")
        return pointwise(name, (left, right), "bool" if symbol in _COMPARISONS else None)

    def compare(self, symbol: str, left: Any, right: Any) -> Any:
        if isinstance(left, Value) or isinstance(right, Value):
            return self._tensors(symbol, left, right)
        if isinstance(left, Dim) or isinstance(right, Dim):
            return compared(symbol, left, right)
        if symbol not in _COMPARISONS or any(isinstance(v, Scalar) for v in (left, right)):
            raise Unprovable(f"comparison {symbol}")
        return _COMPARISONS[symbol](left, right)

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
            items = index if isinstance(index, tuple) else (index,)
            backwards = any(isinstance(i, slice) and isinstance(i.step, int) and i.step < 0 for i in items)
            require(self.kind == "ndarray" or not backwards, "a negative step")
            return indexed(receiver, index)
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


def _called(entry: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    _admit_unusual(args, {n: v for n, v in kwargs.items() if not (_takes_lengths(entry) and _is_size(v))})
    kwargs = {name: value for name, value in kwargs.items() if value is not None or name in _not_none(entry)}
    try:
        return entry(*args, **kwargs)
    except (TypeError, AttributeError, LookupError, ValueError, ArithmeticError) as error:
        raise Unprovable(f"arguments that the table does not describe: {error}") from error


_KEYWORDS = frozenset(
    """
    dim dims keepdim axis axes keepdims start_dim end_dim dim1 dim2 offset correction unbiased ddof kernel_size stride
    is_causal attn_mask scale dtype eps weight bias num_groups diagonal split_size repeats chunks source destination
    size step dimension sizes pattern weight_shape bias_shape normalized_shape upscale_factor downscale_factor groups
    output_size order reduction
    """.split()
)
_MAY_BE_NONE = frozenset({"weight", "bias", "attn_mask", "scale", "dtype"})
_MAY_BE_TRUE = frozenset({"keepdim", "keepdims", "is_causal", "unbiased"})


@cache
def _takes_lengths(entry: Callable[..., Any]) -> bool:
    """Whether further keywords are axis lengths, as in einops."""
    return any(p.kind is p.VAR_KEYWORD and p.name == "lengths" for p in inspect.signature(entry).parameters.values())


def _is_size(value: Any) -> bool:
    return isinstance(value, Dim) or type(value) is int


def _admit_unusual(args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Refuse to prove anything about forms of arguments that libraries differ on: they may raise."""
    if any(isinstance(value, bool) or value is None for value in args):
        decider().admit("a truth value or None as a positional argument")
    for name, value in kwargs.items():
        plain = name in _KEYWORDS and (value is not None or name in _MAY_BE_NONE)
        if not plain or (isinstance(value, bool) and name not in _MAY_BE_TRUE):
            decider().admit(f"the argument `{name}`")


@cache
def _not_none(entry: Callable[..., Any]) -> frozenset[str]:
    """Parameters for which None is not what their absence means."""
    given = inspect.signature(entry).parameters.values()
    return frozenset(p.name for p in given if p.default not in (None, p.empty))


def numbers(symbol: str, left: Any, right: Any) -> Any:
    """Arithmetic of Python numbers, sizes and scalars."""
    if not all(isinstance(v, _NUMBERS) for v in (left, right)):
        raise Unprovable(f"operator {symbol} of other things")
    whole = all(isinstance(v, (int, Dim)) for v in (left, right))
    if not any(isinstance(v, (Dim, Scalar)) for v in (left, right)):
        return _plain(symbol, left, right)
    if whole and symbol in ("+", "-", "*"):
        return _plain(symbol, dim(left), dim(right))
    if whole and symbol in ("//", "%"):
        require(not decider().equal(dim(right), dim(0)), "division by zero")
        return dim(left) // dim(right) if symbol == "//" else dim(left) % dim(right)
    if symbol == "**":
        if whole and isinstance(right, int) and right >= 0:
            return dim(left) ** right
        if isinstance(right, (int, float)):
            if isinstance(left, Dim) and not decider().at_least(left, dim(0)):
                raise Unprovable("a power of a negative size")
            _not_zero(left, right < 0)
            return Scalar(power(term_of(left), Fraction(right)))
    names = {"+": "add", "-": "sub", "*": "mul", "/": "div"}
    if symbol in names:
        _not_zero(right, symbol == "/")
        return Scalar(mapped(names[symbol], [term_of(left), term_of(right)]))
    raise Unprovable(f"operator {symbol} of sizes")


def _not_zero(value: Any, divides: bool) -> None:
    """Python raises where it would divide by zero."""
    if divides and isinstance(value, (int, Dim)):
        require(not decider().equal(dim(value), dim(0)), "division by zero")
    elif divides and isinstance(value, Scalar) and constant_of(value.term) is None:
        raise Unprovable("a division by a number that may be zero")


_PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "<<": operator.lshift, ">>": operator.rshift,
}  # fmt: skip


def _plain(symbol: str, left: Any, right: Any) -> Any:
    if symbol not in _PLAIN:
        raise Unprovable(f"operator {symbol}")
    try:
        return _PLAIN[symbol](left, right)
    except (ArithmeticError, ValueError) as error:
        raise Undefined(str(error)) from error


def _sequences(symbol: str, left: Any, right: Any) -> Any:
    if symbol == "+" and type(left) is type(right):
        return left + right
    if symbol == "*" and isinstance(right, int):
        return left * right
    raise Unprovable(f"operator {symbol} of sequences")


def compared(symbol: str, left: Any, right: Any) -> bool:
    """Compare sizes, for all sizes at once."""
    a, b = dim(left), dim(right)
    if symbol in ("==", "!="):
        return decider().equal(a, b) is (symbol == "==")
    if symbol in (">=", "<"):
        return decider().at_least(a, b) is (symbol == ">=")
    if symbol in ("<=", ">"):
        return decider().at_least(b, a) is (symbol == "<=")
    raise Unprovable(f"comparison {symbol}")


def indexed(x: Value, index: Any) -> Value:
    """Basic indexing: integers, slices, None and an ellipsis."""
    items = list(index) if isinstance(index, tuple) else [index]
    if any(isinstance(i, (Value, list)) or i is True or i is False for i in items):
        raise Unprovable("indexing by a tensor or a list")
    taken = sum(i is not None and i is not ... for i in items)
    if items.count(...) > 1:
        raise Unprovable("two ellipses")
    require(taken <= len(x.dims), "too many indices")
    if ... not in items:
        items.append(...)
    at = items.index(...)
    items[at : at + 1] = [slice(None)] * (len(x.dims) - taken)
    position = 0
    for item in items:
        if item is None:
            x = unsqueeze(x, position)
            position += 1
        elif isinstance(item, slice):
            x = sliced(x, position, item)
            position += 1
        elif isinstance(item, (int, Dim)):
            x = picked(x, position, item)
        else:
            raise Unprovable("an index that is no integer")
    return x


def sliced(x: Value, at: int, item: slice) -> Value:
    """A slice of one dimension, clamped to its length as Python does."""
    size = x.shape[at]
    step = 1 if item.step is None else item.step
    if not isinstance(step, int) or step == 0:
        raise Unprovable("a step that is not a constant")
    if step < 0:
        if item.start is None and item.stop is None and step == -1:
            from einlint.operations.segments import flip

            return flip(x, at)
        raise Unprovable("a negative step")
    start = _clamped(dim(0) if item.start is None else dim(item.start), size)
    stop = _clamped(size if item.stop is None else dim(item.stop), size)
    span = stop - start
    if not decider().at_least(span, dim(0)):
        span = dim(0)
    count = span if step == 1 else (span + (step - 1)) // step
    return cut(x, at, start, count, step)


def _clamped(bound: Dim, size: Dim) -> Dim:
    if bound == size:
        return size
    if (
        bound.constant is None
        and decider().at_least(bound, dim(0)) is False
        or bound.constant is not None
        and bound.constant < 0
    ):
        bound = bound + size
        return bound if decider().at_least(bound, dim(0)) else dim(0)
    return bound if decider().at_least(size, bound) else size


def filled(shape: Any, value: Any, dtype: str) -> Value:
    """A tensor of one number."""
    sizes = [dim(s) for s in (shape if isinstance(shape, (tuple, list)) else [shape])]
    if not isinstance(value, _NUMBERS):
        raise Unprovable("a filling that is no number")
    require(all(decider().at_least(size, dim(0)) for size in sizes), "a negative size")
    if not is_finite(value):
        return operand(f"?{value}", sizes, dtype)
    return Value(tuple(dimension(s) for s in sizes), term_of(value), dtype)


def _dtype(value: Any, default: str) -> str:
    if value is None:
        return default
    if not isinstance(value, DtypeName) or value not in _DTYPES:
        raise Unprovable("a dtype that is not known")
    return str(value)


def _constant(value: int, default: str) -> Callable[..., Value]:
    def entry(*shape: Any, dtype: Any = None) -> Value:
        sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        if not shape or (len(shape) > 1 and default == "float64"):
            decider().admit("sizes that numpy takes as one sequence")
        return filled(sizes, value, _dtype(dtype, default))

    return entry


def _full(default: str) -> Callable[..., Value]:
    def entry(shape: Any, fill_value: Any, dtype: Any = None) -> Value:
        if dtype is None and not isinstance(fill_value, float):
            raise Unprovable("a dtype that follows the filling")
        if default == "float32" and not isinstance(shape, (tuple, list)):
            decider().admit("a shape that is no sequence")
        return filled(shape, fill_value, _dtype(dtype, default))

    return entry


def _like(value: int) -> Callable[..., Value]:
    def entry(x: Value, dtype: Any = None) -> Value:
        return replace(filled(x.shape, value, _dtype(dtype, x.dtype)), contiguous=x.contiguous)

    return entry


def _eye(default: str) -> Callable[..., Value]:
    def entry(n: Any, m: Any = None, dtype: Any = None) -> Value:
        if m is not None:
            raise Unprovable("a rectangular eye")
        from einlint.program.terms import Guard, multiply

        rows, columns = new_axis(dim(n)), new_axis(dim(n))
        both = multiply(factor(Guard(rows.index - columns.index)), factor(Guard(columns.index - rows.index)))
        return Value(((rows,), (columns,)), both, _dtype(dtype, default))

    return entry


def _converted(x: Value, target: Any, kwargs: Mapping[str, Any]) -> Value:
    wanted = kwargs.get("dtype") or (target[0] if isinstance(target, (tuple, list)) and target else target)
    if _dtype(wanted, "") != x.dtype:
        raise Unprovable("a change of dtype")
    return x


def _square_root(value: Any) -> Any:
    if isinstance(value, (int, float)):
        return value**0.5
    return Scalar(power(term_of(value), Fraction(1, 2)))


def _product(values: Iterable[Any]) -> Any:
    return product(dim(v) for v in values)


def _length(value: Any) -> Any:
    if isinstance(value, Value):
        require(bool(value.dims), "len of a scalar")
        return value.shape[0]
    return len(value)


def _smallest(*values: Any) -> Any:
    return _extreme(values, smallest=True)


def _largest(*values: Any) -> Any:
    return _extreme(values, smallest=False)


def _extreme(values: Sequence[Any], smallest: bool) -> Any:
    listed = values[0] if len(values) == 1 else values
    if not all(isinstance(v, (int, Dim)) for v in listed):
        raise Unprovable("min or max of other things than sizes")
    best = listed[0]
    for value in listed[1:]:
        is_larger = decider().at_least(dim(value), dim(best))
        best = best if is_larger is smallest else value
    return best


def _float(value: Any) -> Any:
    if value in ("inf", "-inf"):
        return float(value)
    if isinstance(value, (int, float)):
        return float(value)
    raise Unprovable("float of something else")


def _whole(value: Any) -> Any:
    if isinstance(value, Dim):
        return value
    if isinstance(value, (int, float)):
        return int(value)
    raise Unprovable("int of something else")


def _range(*bounds: Any) -> range:
    return range(*(decider().integer(dim(bound)) for bound in bounds))


_SPECIAL: dict[str, Callable[..., Any]] = {
    "torch.zeros": _constant(0, "float32"), "torch.ones": _constant(1, "float32"), "torch.full": _full("float32"),
    "numpy.zeros": _constant(0, "float64"), "numpy.ones": _constant(1, "float64"), "numpy.full": _full("float64"),
    "torch.zeros_like": _like(0), "torch.ones_like": _like(1),
    "numpy.zeros_like": _like(0), "numpy.ones_like": _like(1),
    "torch.eye": _eye("float32"), "numpy.eye": _eye("float64"),
    "math.sqrt": _square_root, "math.prod": _product,
    "builtins.len": _length, "builtins.tuple": tuple, "builtins.list": list,
    "builtins.reversed": reversed, "builtins.min": _smallest, "builtins.max": _largest, "builtins.float": _float,
    "builtins.int": _whole, "builtins.range": _range,
}  # fmt: skip
