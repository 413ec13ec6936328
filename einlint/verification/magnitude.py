"""Whether an expression only adds up products of entries: then its absolute values bound its rounding errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from einlint.dimensions import Facts, dim
from einlint.program.deciding import Decider, use_decider
from einlint.program.terms import Factor, Guard, Linear, Ratio, Read, Select, Size, Unprovable
from einlint.program.value import Value
from einlint.verification.expressions import Expression, Refused
from einlint.verification.proof import Tensors, denoted
from einlint.verification.question import Form

_NOT_KNOWN = (Unprovable, Refused, RecursionError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError)


def sums_products(side: Expression, framework: str, form: Form, sizes: Mapping[str, int]) -> bool:
    """At given sizes; False where the operations table does not say."""
    shapes = {
        name: [dim(sizes[axis] if isinstance(axis, str) else axis) for axis in axes] for name, axes in form.items()
    }
    use_decider(Decider(Facts()))
    try:
        value = denoted(side, Tensors(framework, shapes))
    except _NOT_KNOWN:
        return False
    return value is not None and _all_add(value)


def _all_add(value: Any) -> bool:
    """Whether every tensor of a result adds up products."""
    if isinstance(value, Value):
        return _adds(value.body)
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()
    return all(map(_all_add, parts))


def _adds(term: Linear) -> bool:
    return all(_positive(ratio) and all(map(_is_entry, product.factors)) for ratio, product in term.parts)


def _positive(ratio: Ratio) -> bool:
    return ratio.number * (ratio.numerator.constant or 0) * (ratio.denominator.constant or 0) > 0


def _is_entry(factor: Factor) -> bool:
    if isinstance(factor, Select):
        return all(map(_adds, factor.cases))
    return isinstance(factor, Size | Guard) or (isinstance(factor, Read) and not factor.origin.startswith("?"))
