"""The functions of `math` and the builtins that work on sequences of Python values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from einlint.dimensions import Dim, dim
from einlint.operations.arithmetic import common_size, term_of
from einlint.operations.table import Scalar, denotes
from einlint.program.deciding import Undefined, decider
from einlint.program.terms import Map, Unprovable, factor

_OF_NUMBERS = """
acos acosh asin asinh atan atan2 atanh cbrt copysign cos cosh degrees exp exp2 expm1 fabs fmod gcd hypot isqrt lcm log
log10 log1p log2 pow radians sin sinh tan tanh trunc
""".split()


def _of_numbers(name: str) -> Callable[..., Any]:
    def entry(*numbers: Any) -> Any:
        known = [n.constant if isinstance(n, Dim) and n.constant is not None else n for n in numbers]
        if not all(isinstance(n, (int, float, Dim, Scalar)) for n in known):
            raise Unprovable("a function of other things than numbers")
        if any(isinstance(n, (Dim, Scalar)) for n in known):
            decider().admit(f"math.{name} of sizes")
            return Scalar(factor(Map(name, tuple(term_of(n) for n in known))))
        try:
            return getattr(math, name)(*known)
        except (ArithmeticError, ValueError) as error:
            raise Undefined(str(error)) from error

    return entry


for _name in _OF_NUMBERS:
    if hasattr(math, _name):
        denotes(f"math.{_name}")(_of_numbers(_name))


@denotes("builtins.zip")
def zip_(*values: Iterable[Any]) -> list[tuple[Any, ...]]:
    return list(zip(*values, strict=False))


@denotes("builtins.enumerate")
def enumerate_(values: Iterable[Any], start: int = 0) -> list[tuple[int, Any]]:
    return list(enumerate(values, start))


@denotes("builtins.bool")
def bool_(value: Any) -> bool:
    if isinstance(value, (int, float, str, tuple, list)):
        return bool(value)
    raise Unprovable("the truth of something else")


@denotes("builtins.round")
def round_(value: Any, digits: Any = None) -> Any:
    if isinstance(value, (int, float)) and (digits is None or isinstance(digits, int)):
        return round(value, digits)
    raise Unprovable("round of something else")


@denotes("torch.Size")
def size(values: Iterable[Any] = ()) -> tuple[Dim, ...]:
    return tuple(dim(value) for value in values)


@denotes("torch.broadcast_shapes", "numpy.broadcast_shapes")
def broadcast_shapes(*shapes: Any) -> tuple[Dim, ...]:
    listed = [[dim(s) for s in (shape if isinstance(shape, (tuple, list)) else [shape])] for shape in shapes]
    rank = max((len(shape) for shape in listed), default=0)
    return tuple(common_size([s[k - rank] for s in listed if len(s) >= rank - k]) for k in range(rank))
