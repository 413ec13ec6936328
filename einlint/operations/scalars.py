"""Numbers of Python: arithmetic and comparison of sizes, and the builtins that work on them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from einlint.dimensions import Dim, dim
from einlint.dimensions.dim import product
from einlint.operations.arithmetic import constant_of, mapped, pointwise, power, term_of
from einlint.operations.assumptions import sure
from einlint.operations.elementwise import absolute as of_tensor
from einlint.operations.reductions import reduced
from einlint.operations.table import Scalar, denotes
from einlint.program.deciding import Undefined, decider, require
from einlint.program.terms import Linear, Unprovable
from einlint.program.value import Value

NUMBERS = (int, float, Dim, Scalar)
_PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "<<": operator.lshift, ">>": operator.rshift,
    "&": operator.and_, "|": operator.or_, "^": operator.xor,
}  # fmt: skip
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def numbers(symbol: str, left: Any, right: Any) -> Any:
    """Arithmetic of Python numbers, sizes and scalars."""
    if not all(isinstance(v, NUMBERS) for v in (left, right)):
        raise Unprovable(f"operator {symbol} of other things")
    whole = all(isinstance(v, (int, Dim)) for v in (left, right))
    if not any(isinstance(v, (Dim, Scalar)) for v in (left, right)):
        return _plain(symbol, left, right)
    if whole and symbol in ("+", "-", "*"):
        return _plain(symbol, dim(left), dim(right))
    if whole and symbol in ("//", "%"):
        _not_zero(right, True)
        return dim(left) // dim(right) if symbol == "//" else dim(left) % dim(right)
    if symbol == "**":
        if whole and isinstance(right, int) and right >= 0:
            return dim(left) ** right
        if isinstance(right, (int, float)):
            if isinstance(left, Dim):
                sure(lambda: decider().at_least(left, dim(0)), "a power of a negative size")
            _not_zero(left, right < 0)
            return Scalar(power(term_of(left), Fraction(right)))
    if symbol == "//":
        return _floor(numbers("/", left, right))
    names = {"+": "add", "-": "sub", "*": "mul", "/": "div"}
    if symbol in names:
        _not_zero(right, symbol == "/")
        return Scalar(mapped(names[symbol], [term_of(left), term_of(right)]))
    raise Unprovable(f"operator {symbol} of sizes")


def _not_zero(value: Any, divides: bool) -> None:
    """Python raises where it would divide by zero."""
    if decider().by_shape and isinstance(value, Dim) and value.constant is None:
        return
    if divides and isinstance(value, (int, Dim)):
        require(not decider().equal(dim(value), dim(0)), "division by zero")
    elif divides and isinstance(value, Scalar) and constant_of(value.term) is None:
        raise Unprovable("a division by a number that may be zero")


def _plain(symbol: str, left: Any, right: Any) -> Any:
    if symbol not in _PLAIN:
        raise Unprovable(f"operator {symbol}")
    try:
        return _PLAIN[symbol](left, right)
    except (ArithmeticError, ValueError) as error:
        raise Undefined(str(error)) from error


def sequences(symbol: str, left: Any, right: Any) -> Any:
    """Tuples and lists joined or repeated."""
    if symbol == "+" and type(left) is type(right):
        return left + right
    for one, other in ((left, right), (right, left)):
        if symbol == "*" and isinstance(one, (tuple, list)) and isinstance(other, (int, Dim)):
            return one * decider().integer(dim(other))
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


@denotes("math.sqrt")
def square_root(value: Any) -> Any:
    if isinstance(value, (int, float)):
        return value**0.5
    return Scalar(power(term_of(value), Fraction(1, 2)))


@denotes("math.prod")
def product_of(values: Iterable[Any]) -> Any:
    return product(dim(v) for v in values)


@denotes("builtins.len")
def length_of(value: Any) -> Any:
    if isinstance(value, Value):
        require(bool(value.dims), "len of a scalar")
        return value.shape[0]
    return len(value)


@denotes("builtins.min")
def smallest(*values: Any) -> Any:
    return _extreme(values, smallest=True)


@denotes("builtins.max")
def largest(*values: Any) -> Any:
    return _extreme(values, smallest=False)


def _extreme(values: Sequence[Any], smallest: bool) -> Any:
    listed = list(values[0]) if len(values) == 1 else values
    if not all(isinstance(v, (int, Dim)) for v in listed):
        raise Unprovable("min or max of other things than sizes")
    best = listed[0]
    for value in listed[1:]:
        is_larger = decider().at_least(dim(value), dim(best))
        best = best if is_larger is smallest else value
    return best


@denotes("builtins.float")
def float_(value: Any) -> Any:
    if value in ("inf", "-inf", "nan"):
        return float(value)
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, (Dim, Scalar)):
        return Scalar(term_of(value))
    raise Unprovable("float of something else")


@denotes("builtins.int")
def whole(value: Any) -> Any:
    if isinstance(value, Dim):
        return value
    if isinstance(value, (int, float)):
        return int(value)
    if isinstance(value, Scalar):
        return _floor(value)
    raise Unprovable("int of something else")


@denotes("math.floor")
def floor(value: Any) -> Any:
    return whole(value)


@denotes("math.ceil")
def ceil(value: Any) -> Any:
    return _quotient(value, up=True) if isinstance(value, Scalar) else whole(value)


def _floor(value: Scalar) -> Dim:
    return _quotient(value, up=False)


def _quotient(value: Scalar, up: bool) -> Dim:
    """A quotient of sizes, rounded to a whole number."""
    decider().admit("a number that rounding may bring to the other side of a whole one")
    top, bottom = _fraction(value.term)
    return (top + (bottom - 1) if up else top) // bottom


def _fraction(term: Linear) -> tuple[Dim, Dim]:
    top, bottom = dim(0), dim(1)
    for ratio, contract in term.parts:
        if contract.factors or contract.axes:
            raise Unprovable("a number that is no quotient of sizes")
        n, d = ratio.numerator * ratio.number.numerator, ratio.denominator * ratio.number.denominator
        top, bottom = top * d + n * bottom, bottom * d
    return top, bottom


@denotes("builtins.range")
def range_(*bounds: Any) -> range:
    return range(*(decider().integer(dim(bound)) for bound in bounds))


@denotes("builtins.abs")
def absolute(value: Any) -> Any:
    if isinstance(value, (int, float)):
        return abs(value)
    if isinstance(value, Dim) and decider().at_least(value, dim(0)):
        return value
    if isinstance(value, Value):
        return of_tensor(value)
    raise Unprovable("abs of something else")


@denotes("builtins.sum")
def sum_(values: Any, start: Any = 0) -> Any:
    if isinstance(values, Value):
        if values.dtype != "float64" or start != 0 or not decider().at_least(length_of(values), dim(1)):
            decider().admit("a sum that is not of tensors")
        return reduced("sum", values, 0)
    total = start
    for each in values:
        tensors = isinstance(each, Value) or isinstance(total, Value)
        total = pointwise("add", (total, each)) if tensors else numbers("+", total, each)
    return total


@denotes("builtins.tuple")
def tuple_(values: Iterable[Any] = ()) -> tuple[Any, ...]:
    return tuple(values)


@denotes("builtins.list")
def list_(values: Iterable[Any] = ()) -> list[Any]:
    return list(values)


@denotes("builtins.reversed")
def reversed_(values: Any) -> Any:
    return reversed(values)
