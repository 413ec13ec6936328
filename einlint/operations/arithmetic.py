"""Broadcasting, and what functions of single elements make of terms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from einlint.dimensions import ONE, Dim, dim
from einlint.lazily import replace
from einlint.operations.assumptions import natural
from einlint.operations.fallback import aligned, with_body
from einlint.operations.table import Scalar
from einlint.program.deciding import decider, equal
from einlint.program.terms import Linear, Map, Ratio, Unprovable, add, factor, length, multiply, number, scale, subs
from einlint.program.value import Dimension, Value, opaque

Number = int | float | Dim | Scalar
Operand = Value | Number

_LARGEST_POWER = 64
_KINDS = {
    "bool": 0,
    "uint8": 1,
    "int8": 1,
    "int16": 2,
    "int32": 3,
    "int64": 4,
    "float16": 5,
    "bfloat16": 5,
    "float32": 6,
}
_ORDER = {**_KINDS, "float64": 7, "complex64": 8, "complex128": 9}


def term_of(value: Number) -> Linear:
    """A number as a term."""
    if isinstance(value, Scalar):
        return value.term
    return length(value) if isinstance(value, Dim) else number(value)


def promoted(values: Sequence[Operand]) -> str:
    """The dtype of an elementwise result; Python numbers do not widen floating point."""
    dtypes = [v.dtype for v in values if isinstance(v, Value)]
    if {"float16", "bfloat16"} <= set(dtypes):
        return "float32"
    widest = max(dtypes, key=lambda d: _ORDER[d])
    _promotable(values, set(dtypes) - {"bool"}, widest)
    real = any(isinstance(v, (float, Scalar)) for v in values)
    if _ORDER[widest] < _ORDER["float16"] and real:
        decider().admit("an integer tensor meets a real number")
        return "float32"
    if widest == "bool" and any(isinstance(v, (int, Dim)) and not isinstance(v, bool) for v in values):
        return "int64"
    return widest


def _promotable(values: Sequence[Operand], dtypes: set[str], widest: str) -> None:
    """Raise Unprovable where the libraries promote in their own ways."""
    if len(dtypes) < 2:
        return
    ranks = [len(v.dims) for v in values if isinstance(v, Value)]
    if widest != "float64" or any(d.startswith("complex") for d in dtypes) or 0 in ranks and any(ranks):
        decider().admit("a promotion of dtypes")


def broadcast(values: Sequence[Value]) -> tuple[list[Value], tuple[Dimension, ...]]:
    """The values over common axes, and the dimensions of the result."""
    rank = max(len(v.dims) for v in values)
    places: list[list[int | None]] = []
    values = list(values)
    if decider().by_shape:
        places = [[p if (p := k - rank + len(v.dims)) >= 0 else None for v in values] for k in range(rank)]
        shared, common = aligned(values, places)
        return shared, tuple(common)
    for k in range(rank):
        held = {i: k - rank + len(v.dims) for i, v in enumerate(values) if k - rank + len(v.dims) >= 0}
        wide = common_size([values[i].shape[p] for i, p in held.items()])
        full = {
            i for i, p in held.items() if values[i].shape[p] == wide or wide != ONE and equal(values[i].shape[p], wide)
        }
        for i, p in held.items():
            if i not in full:
                unit = {axis.name: dim(0) for axis in values[i].dims[p]}
                values[i] = replace(values[i], body=subs(values[i].body, unit))
        places.append([p if i in full else None for i, p in _all(held, len(values))])
    shared, common = aligned(values, places)
    return shared, tuple(common)


def _all(held: dict[int, int], count: int) -> list[tuple[int, int | None]]:
    return [(i, held.get(i)) for i in range(count)]


def common_size(sizes: Sequence[Dim]) -> Dim:
    """The size that lengths broadcast to; 1 fits every length."""
    return decider().common(sizes)


def is_finite(value: Operand) -> bool:
    """Whether an operand is no infinite or undefined number."""
    return not isinstance(value, float) or math.isfinite(value)


def is_exact(*dtypes: str) -> bool:
    """Whether the arithmetic of terms holds for these dtypes."""
    return all(d in ("float64", "bool") for d in dtypes)


def pointwise(
    function: str, operands: Sequence[Operand], dtype: str | None = None, options: tuple[str, ...] = ()
) -> Value:
    """A function of aligned elements."""
    tensors = [o for o in operands if isinstance(o, Value)]
    shared, dims = broadcast(tensors)
    result = dtype or promoted(operands)
    if any(t.dtype == "bool" for t in tensors) and (
        function in _NOT_OF_BOOL or result == "bool" and function in _NUMERIC
    ):
        decider().admit(f"{function} of bool")
    if function == "pow" and not result.startswith("float"):
        decider().admit("an integer power")
    base = Value(
        dims,
        Linear(()),
        result,
        all(t.contiguous for t in tensors),
        frozenset().union(*(t.conditions for t in tensors)),
    )
    if decider().by_shape:
        return base
    if (
        not is_exact(*(t.dtype for t in tensors))
        or not all(map(is_finite, operands))
        or (result == "bool" and dtype is None)
    ):
        return opaque(base.shape, base)

    def body() -> Linear:
        bodies = iter(shared)
        return mapped(function, [next(bodies).body if isinstance(o, Value) else term_of(o) for o in operands], options)

    return with_body(base, body)


_NOT_OF_BOOL = frozenset({"sub", "neg", "abs"})
_NUMERIC = frozenset({"sigmoid", "round", "div", "pow", "maximum", "minimum", "tanh"})
_JUMPS = frozenset("floor ceil trunc round sign eq ne lt le gt ge".split())


def _is_rounded_once(term: Linear) -> bool:
    """Whether floating point gives the same number for every way to compute the term."""
    if len(term.parts) > 2 or any(c.axes for _, c in term.parts):
        return False
    operations = len(term.parts) - 1
    for ratio, contract in term.parts:
        whole = ratio.numerator == ONE == ratio.denominator and abs(ratio.number) == 1
        operations += len(contract.factors) - whole if contract.factors else 0
    return operations <= 1


def mapped(function: str, terms: Sequence[Linear], options: tuple[str, ...] = ()) -> Linear:
    """The term of a function, sums and products multiplied out."""
    if function in _JUMPS and not all(map(_is_rounded_once, terms)):
        decider().admit(f"{function} of what rounding decides")
    if function == "add":
        return add(terms[0], terms[1])
    if function == "sub":
        return add(terms[0], scale(terms[1], Ratio(Fraction(-1))))
    if function == "mul":
        return multiply(terms[0], terms[1])
    if function == "neg":
        return scale(terms[0], Ratio(Fraction(-1)))
    if function == "div":
        return multiply(terms[0], power(terms[1], Fraction(-1)))
    if function == "pow":
        exponent = constant_of(terms[1])
        if exponent is not None:
            return power(terms[0], exponent)
    return factor(Map(function, tuple(terms), options))


def constant_of(term: Linear) -> Fraction | None:
    """The number that a term is, when it is one."""
    if not term.parts:
        return Fraction(0)
    ratio, contract = term.parts[0]
    plain = len(term.parts) == 1 and not contract.factors and ratio.numerator == ONE == ratio.denominator
    return ratio.number if plain else None


def power(term: Linear, exponent: Fraction) -> Linear:
    """A term to a constant power: products for small whole ones, a quotient of sizes for sizes."""
    if exponent == 1:
        return term
    size = _pure_size(term)
    if abs(exponent) > _LARGEST_POWER:
        raise Unprovable(f"a power of {exponent}")
    if size is not None and exponent.denominator == 1:
        turned = Ratio(1 / size.number, size.denominator, size.numerator) if exponent < 0 else size
        result = number(1)
        for _ in range(abs(exponent.numerator)):
            result = scale(result, turned)
        return result
    if size is not None and size.numerator == ONE == size.denominator and size.number > 0:
        return number(float(size.number) ** float(exponent))
    inner = term.only
    if isinstance(inner, Map) and inner.function == "pow" and exponent == -1:
        known = constant_of(inner.arguments[1])
        if known is not None:
            return factor(Map("pow", (inner.arguments[0], number(-known))))
    if exponent.denominator == 1 and 2 <= exponent <= 4:
        return multiply(term, power(term, exponent - 1))
    return factor(Map("pow", (term, number(exponent))))


def _pure_size(term: Linear) -> Ratio | None:
    if len(term.parts) != 1 or term.parts[0][1].factors or term.parts[0][1].axes:
        return None
    ratio = term.parts[0][0]
    if not natural([ratio.numerator], ONE):
        return None
    return ratio
