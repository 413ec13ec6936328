"""One expression at given sizes: what the library does, and what the table says."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch

from einlint.dimensions import Dim, Facts, dim, symbol
from einlint.operations.domain import SymbolicDomain
from einlint.program.deciding import ConcreteDecider, Decider, Undecided, Undefined, use_decider
from einlint.program.terms import Unprovable
from einlint.program.value import operand
from einlint.verification.concrete import Concrete, Library
from einlint.verification.evaluator import evaluate
from einlint.verification.expressions import Expression, Refused
from einlint.verification.proof import Tensors, _Case, _split

RAISED = (
    RuntimeError,
    ValueError,
    IndexError,
    TypeError,
    AttributeError,
    ZeroDivisionError,
    NotImplementedError,
    KeyError,
)


@cache
def library() -> Library:
    return Library()


class Raised:
    """The expression raises."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Raised)

    __hash__ = object.__hash__


def specification(text: str) -> dict[str, list[Dim]]:
    """Tensors from `x: a b; y: 3`."""
    pairs = (each.partition(":") for each in text.split(";"))
    return {n.strip(): [dim(int(w)) if w.isdigit() else symbol(w) for w in s.split()] for n, _, s in pairs}


def symbols(shapes: Mapping[str, Sequence[Dim]]) -> list[str]:
    """The sizes that occur, in order."""
    return list(dict.fromkeys(name for shape in shapes.values() for size in shape for name in sorted(size.symbols)))


def data(
    shapes: Mapping[str, Sequence[Dim]], sizes: Mapping[str, int], dtypes: Mapping[str, str], seed: int
) -> dict[str, Any]:
    """Small whole numbers, few zeros."""
    random = np.random.default_rng(seed)
    found = {}
    for name, shape in shapes.items():
        dtype = dtypes.get(name, "float64")
        array = random.integers(-9, 10, [size.value(sizes) for size in shape])
        if dtype == "float64":
            array = array + np.where(array == 0, 0.5, 0)
        found[name] = array.astype(dtype) if dtype != "bool" else array > 0
    return found


def run(expression: Expression, framework: str, arrays: Mapping[str, Any]) -> Any:
    """What the library returns, or Raised."""
    operands = {n: torch.tensor(a) if framework == "torch" else np.array(a) for n, a in arrays.items()}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return evaluate(expression, Concrete(library(), operands))
    except Refused:
        raise
    except RAISED:
        return Raised()


@dataclass(frozen=True)
class Followed:
    """What the table says in the case that the sizes belong to; `sizes` holds the symbols of that case too."""

    value: Any
    sizes: Mapping[str, int]


def follow(
    expression: Expression, tensors: Tensors, sizes: Mapping[str, int], domain: type[SymbolicDomain] = SymbolicDomain
) -> Followed:
    """Evaluate symbolically, at each open question taking the case that holds for the sizes. Raises Unprovable."""
    case, sizes = _Case(tensors), dict(sizes)
    for _ in range(60):
        use_decider(Decider(Facts(case.tensors.least), case.answers))
        try:
            return Followed(_symbolic(expression, case.tensors, domain), sizes)
        except Undecided as undecided:
            case, sizes = _held(case, undecided, sizes)
    raise AssertionError("questions without end")


class _Strict(ConcreteDecider):
    def admit(self, reason: str) -> None:
        raise Unprovable(reason)


def concretely(expression: Expression, tensors: Tensors, sizes: Mapping[str, int]) -> Followed:
    """Evaluate over symbolic shapes, every question answered for the sizes."""
    use_decider(_Strict(sizes))
    try:
        return Followed(_symbolic(expression, tensors, SymbolicDomain), sizes)
    finally:
        use_decider(Decider(Facts()))


def _symbolic(expression: Expression, tensors: Tensors, domain: type[SymbolicDomain]) -> Any:
    operands = {n: operand(n, s, tensors.dtypes.get(n, "float64")) for n, s in tensors.shapes.items()}
    try:
        return evaluate(expression, domain(tensors.framework, operands))
    except Undefined:
        return Raised()


def _held(case: _Case, undecided: Undecided, sizes: dict[str, int]) -> tuple[_Case, dict[str, int]]:
    """The one case of a split that the sizes belong to."""
    for part in _split(case, undecided.query):
        known = {**sizes, **_new(part, sizes)}
        if _belongs(part, case, known):
            return part, known
    raise AssertionError(f"no case holds: {undecided}")


def _new(case: _Case, sizes: Mapping[str, int]) -> dict[str, int]:
    names = {n for shape in case.tensors.shapes.values() for size in shape for n in size.symbols} - sizes.keys()
    found = {}
    for name in names:
        whole, _, rest = name.rpartition("/")
        found[name] = sizes[whole] // int(rest.partition(".")[0])
    return found


def _belongs(part: _Case, case: _Case, sizes: Mapping[str, int]) -> bool:
    pairs = [
        (a, b) for n, shape in part.tensors.shapes.items() for a, b in zip(shape, case.tensors.shapes[n], strict=True)
    ]
    names = {s for a, _ in pairs for s in a.symbols}
    return (
        all(a.value(sizes) == b.value(sizes) for a, b in pairs)
        and all(sizes[s] >= part.tensors.least.get(s, 1) for s in names)
        and all(query.holds(sizes) is answer for query, answer in part.answers.items())
    )
