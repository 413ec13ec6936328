"""Functions of single elements: arithmetic, comparisons, activations, choices."""

from __future__ import annotations

from typing import Any

from einlint.lazily import replace
from einlint.operations.arithmetic import Operand, broadcast, pointwise, promoted
from einlint.operations.table import denotes
from einlint.program.deciding import decider
from einlint.program.terms import Unprovable
from einlint.program.value import Value, opaque


def _binary(function: str, dtype: str | None = None, both: bool = False) -> Any:
    """An entry of two operands; the first is a tensor, with `both` the second as well."""

    def entry(x: Operand, y: Operand) -> Value:
        if not isinstance(x, Value) or (both and not isinstance(y, Value)):
            decider().admit("a number in the place of a tensor")
        return pointwise(function, (x, y), dtype)

    return entry


def _real(x: Value) -> None:
    if not x.dtype.startswith("float"):
        decider().admit(f"a function of {x.dtype}")


def _unary(function: str) -> Any:
    def entry(x: Value, *options: Any) -> Value:
        _real(x)
        if options:
            decider().admit(f"the options of {function}")
        return pointwise(function, (x,))

    return entry


for _name, _function in {"add": "add", "sub": "sub", "subtract": "sub", "mul": "mul", "multiply": "mul"}.items():
    denotes(f"T.{_name}", *([f"numpy.{_name}"] if _name not in ("sub", "mul") else []))(_binary(_function))
for _name in ("maximum", "minimum"):
    denotes(f"T.{_name}")(_binary(_name, both=True))
    denotes(f"numpy.{_name}")(_binary(_name))
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    denotes(f"T.{_name}")(_binary(_name, "bool"))
for _name in ("exp", "log", "sin", "cos", "tan", "tanh", "floor", "ceil", "trunc", "log1p", "expm1", "erf", "sign"):
    denotes(f"T.{_name}", *([f"numpy.{_name}"] if _name != "erf" else []))(_unary(_name))
for _name in ("gelu", "silu", "softplus", "elu", "selu", "mish", "hardtanh", "logsigmoid", "leaky_relu"):
    denotes(f"F.{_name}")(_unary(_name))


@denotes("T.div", "T.true_divide", "numpy.divide", "numpy.true_divide", "T.divide")
def div(x: Operand, y: Operand) -> Value:
    if not any(isinstance(v, Value) and v.dtype.startswith("float") for v in (x, y)):
        decider().admit("division of integers")
        quotient = pointwise("add", (x, y), "float32")
        return opaque(quotient.shape, quotient)
    return pointwise("div", (x, y))


@denotes("T.pow", "numpy.power")
def pow_(x: Operand, y: Operand) -> Value:
    return pointwise("pow", (x, y))


@denotes("T.float_power")
def float_power(x: Operand, y: Operand) -> Value:
    if any(isinstance(v, Value) and v.dtype != "float64" for v in (x, y)):
        decider().admit("float_power of another dtype")
    return pointwise("pow", (x, y))


@denotes("T.neg", "T.negative", "numpy.negative")
def neg(x: Value) -> Value:
    return pointwise("neg", (x,))


@denotes("T.square", "numpy.square")
def square(x: Value) -> Value:
    _real(x)
    return pointwise("mul", (x, x))


@denotes("T.sqrt", "numpy.sqrt")
def sqrt(x: Value) -> Value:
    _real(x)
    return pointwise("pow", (x, 0.5))


@denotes("T.rsqrt")
def rsqrt(x: Value) -> Value:
    _real(x)
    return pointwise("pow", (x, -0.5))


@denotes("T.reciprocal", "numpy.reciprocal")
def reciprocal(x: Value) -> Value:
    _real(x)
    return pointwise("pow", (x, -1))


@denotes("T.abs", "T.absolute", "numpy.abs", "numpy.absolute")
def absolute(x: Value) -> Value:
    return pointwise("abs", (x,))


@denotes("T.sigmoid", "F.sigmoid", "torch.special.expit")
def sigmoid(x: Value) -> Value:
    _real(x)
    return pointwise("sigmoid", (x,))


@denotes("F.tanh")
def tanh(x: Value) -> Value:
    _real(x)
    return pointwise("tanh", (x,))


@denotes("T.relu", "F.relu")
def relu(x: Value) -> Value:
    _real(x)
    return pointwise("maximum", (x, 0))


@denotes("T.round", "N.round")
def round_(x: Value, decimals: Any = 0) -> Value:
    _real(x)
    if decimals != 0:
        decider().admit("a number of decimals")
    return pointwise("round", (x,))


@denotes("torch.where", "numpy.where")
def where(condition: Any, x: Operand, y: Operand) -> Value:
    if not isinstance(condition, Value):
        raise Unprovable("where of no tensor")
    if condition.dtype != "bool" or not any(isinstance(v, Value) for v in (x, y)):
        decider().admit("where of no bool, or of numbers")
        _, dims = broadcast([v for v in (condition, x, y) if isinstance(v, Value)])
        like = next((v for v in (x, y) if isinstance(v, Value)), replace(condition, dtype="float32"))
        result = replace(like, dims=dims)
        return opaque(result.shape, result)
    return pointwise("where", (condition, x, y), promoted((x, y)))


@denotes("Tensor.clamp", "torch.clamp", "Tensor.clip", "torch.clip")
def clamp(x: Value, min: Any = None, max: Any = None) -> Value:  # noqa: A002
    if min is None and max is None:
        raise Unprovable("clamp without limits")
    if min is not None:
        x = pointwise("maximum", (x, min))
    return x if max is None else pointwise("minimum", (x, max))
