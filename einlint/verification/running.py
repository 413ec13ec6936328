"""Runs one pair on given sizes and data, inside the worker."""

from __future__ import annotations

import ast
import copy
import functools
import math
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from einlint.verification import comparison
from einlint.verification.comparison import Difference
from einlint.verification.concrete import Concrete, Library
from einlint.verification.constants import compared
from einlint.verification.data import drawn
from einlint.verification.evaluator import Miscounted, evaluate
from einlint.verification.expressions import Expression, Refused, numbers
from einlint.verification.recipes import COMPARED, EDGES

Operands = dict[str, Any]
_ROUNDS = 1e7  # growth of a gap from float64 to float32 that only rounding has
_STAYS = (0.5, 2.0)  # that of a real difference
_MORE_DATA = 6
_NOISE = 1024  # what a cast to float32 loses is 10**6 times more than what a change of the last bits moves
_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "Unable to allocate", "out of memory")


@dataclass(frozen=True)
class Case:
    """One run: a shape for each tensor, and how its data is drawn."""

    shapes: Mapping[str, tuple[int, ...]]
    recipe: str
    seed: int


@dataclass(frozen=True)
class Result:
    """What one side gave: a value or an exception, and the operands it was given."""

    value: Any
    error: str | None
    operands: Operands = field(repr=False)

    @property
    def raised(self) -> bool:
        return self.error is not None


def _is_einsum(function: ast.expr) -> bool:
    return getattr(function, "attr", getattr(function, "id", "")) == "einsum"


def _operand_count(call: ast.Call) -> int:
    """How many tensors an einsum takes: its text is none of them."""
    given = (each for argument in call.args for each in getattr(argument, "elts", [argument]))
    return sum(not isinstance(each, ast.Constant) for each in given)


@dataclass
class Pair:
    """Two expressions with the dtypes of their operands, ready to run."""

    library: Library
    left: Expression
    right: Expression
    framework: str
    dtypes: Mapping[str, str]
    mutates: bool = False
    device: str = "cpu"
    sums_products: bool = False  # whether the result on absolute values bounds the rounding errors

    @functools.cached_property
    def edges(self) -> tuple[float, ...]:
        """The numbers that the expressions write, where operands can take them."""
        written = {abs(number) for side in (self.left, self.right) for _, number in numbers(side)}
        return tuple(sorted({*EDGES, *(float(number) for number in written if number <= 100)}))

    @functools.cached_property
    def constants(self) -> tuple[float, ...]:
        """The numbers with which the expressions compare values."""
        return compared((self.left, self.right))

    @functools.cached_property
    def in_any_order(self) -> bool:
        """Whether the first side is an einsum whose order of products nobody promises.

        Of three operands and more torch multiplies those first that make it cheapest at the sizes at hand if opt_einsum
        is installed and enabled, and from left to right otherwise. NumPy multiplies all of them element by element.
        """
        einsums = (node for node in self.left.nodes() if isinstance(node, ast.Call) and _is_einsum(node.func))
        return self.framework == "torch" and any(_operand_count(call) > 2 for call in einsums)

    def operands(self, case: Case, single: bool = False) -> Operands:
        """Fresh operands; `single` replaces float64 by float32."""
        wanted = [(self._dtype(name), shape) for name, shape in case.shapes.items()]
        values = drawn(case.recipe, wanted, case.seed, self.constants if case.recipe == COMPARED else self.edges)
        return {
            name: self._operand(array, dtype, single)
            for name, array, (dtype, _) in zip(case.shapes, values, wanted, strict=True)
        }

    def strided(self, case: Case) -> tuple[Result, Result]:
        """Both sides on the same values in another order in memory, with gaps."""
        operands = self.operands(case)
        left, right = ({name: self._spread(value) for name, value in operands.items()} for _ in range(2))
        return self.run(self.left, left), self.run(self.right, right)

    def _spread(self, value: Any) -> Any:
        """The first axis fastest, and every second place of memory unused."""
        shape = (*reversed(value.shape), 2)
        if self.library.is_tensor(value):
            backwards = tuple(reversed(range(value.dim())))
            return value.new_zeros(shape)[..., 0].permute(backwards).copy_(value)
        spread = np.zeros(shape, value.dtype)[..., 0].transpose()
        spread[...] = value
        return spread

    def _dtype(self, name: str) -> str:
        return self.dtypes.get(name, "float64")

    def _operand(self, values: Any, dtype: str, single: bool) -> Any:
        if single:
            dtype = {"float64": "float32", "complex128": "complex64"}.get(dtype, dtype)
        if self.framework == "numpy":
            return values.astype(dtype)
        torch = self.library.torch
        tensor, wanted = torch.from_numpy(values), getattr(torch, dtype)
        if tensor.dtype is not wanted:
            tensor = tensor.to(wanted)
        return tensor if self.device == "cpu" else tensor.to(self.device)

    def run(self, expression: Expression, operands: Operands) -> Result:
        """One side on its own operands; a refusal or a lack of memory comes through as `Refused`."""
        try:
            with self._on_device():
                return Result(evaluate(expression, Concrete(self.library, operands)), None, operands)
        except (Refused, RecursionError):
            raise
        except MemoryError:
            raise Refused("the expression needs more memory than verification gives it") from None
        except Exception as error:
            message = f"{'ValueError' if isinstance(error, Miscounted) else type(error).__name__}: {error}"
            if any(sign in message for sign in _OUT_OF_MEMORY):
                raise Refused("the expression needs more memory than verification gives it") from None
            return Result(None, message, operands)

    def _on_device(self) -> AbstractContextManager[object]:
        """Creation functions such as `torch.ones` follow the operands' device."""
        on_cpu: AbstractContextManager[object] = nullcontext()
        return on_cpu if self.device == "cpu" else self.library.torch.device(self.device)

    def both(self, case: Case, single: bool = False) -> tuple[Result, Result]:
        operands = self.operands(case, single)
        return self.run(self.left, duplicate(operands)), self.run(self.right, operands)

    def difference(self, left: Result, right: Result, dtypes: bool = True) -> Difference | None:
        if left.raised or right.raised:
            return None if left.raised and right.raised else Difference("exception")
        if comparison.equal_tensors(left.value, right.value, self.library):
            return None
        parts = [list(comparison.leaves(result.value, self.library)) for result in (left, right)]
        return comparison.differ(parts[0], parts[1], dtypes)


def duplicate(operands: Operands) -> Operands:
    return {name: copy_of(value) for name, value in operands.items()}


def copy_of(value: Any) -> Any:
    return value.clone() if hasattr(value, "clone") else copy.copy(value)


def judge(pair: Pair, case: Case, found: Difference) -> str:
    """A difference of values -> "equal" (rounding), "different" or "unclear"."""
    if found.kind != "value" or not math.isfinite(found.gap):
        return "different"
    precision = max(found.precision, _operand_precision(pair.dtypes))
    if precision > comparison.FINEST:
        return _judge_coarse(pair, case, found, precision)
    if found.relative <= 1e-12:
        return "equal"
    return _judge_large(pair, case, found) if found.gap > 1e-4 else _judge_by_rounding(pair, case, found)


def _judge_large(pair: Pair, case: Case, found: Difference) -> str:
    """A large gap is rounding only where large numbers cancelled: then it grows in float32 as rounding does."""
    growth = _growth(pair, case, found)
    if growth is not None and (math.isinf(growth) or growth == 0 and _is_noise(pair, case, found)):
        return "unclear"
    return "equal" if growth is not None and growth > _ROUNDS else "different"


def _judge_by_rounding(pair: Pair, case: Case, found: Difference) -> str:
    """Rounding grows 10**8 times from float64 to float32, 10**4 under a root; a real difference stays as it is.

    Where float32 shows no gap at all, products of many numbers may round alike there by chance.
    """
    growth = _growth(pair, case, found)
    if growth is not None and math.isinf(growth):
        growth = None
    size = found.gap / max(found.scale, 1.0)
    if growth is not None and growth > 1e3:
        return "equal"
    if size > (1e-9 if growth is not None else 1e-7):
        return "unclear" if growth == 0 and _is_noise(pair, case, found) else "different"
    if found.relative <= 1e-9 or size <= 1e-12:
        return "equal"
    return "different" if growth is not None and growth > 0.1 else "unclear"


def _growth(pair: Pair, case: Case, found: Difference) -> float | None:
    """How many times larger the gap is in float32; infinite where that overflows, None where it does not run.

    Few numbers may be rounded alike on both sides by chance, so more data is asked unless the answer is clear.
    """
    single = _gap(pair, case, single=True)
    growth = None if single is None else single / found.gap
    if growth is None or _STAYS[0] < growth < _STAYS[1] or math.isfinite(growth) and growth > _ROUNDS:
        return growth
    others = [_growth_of(pair, replace(case, seed=case.seed + step)) for step in range(1, 1 + _MORE_DATA)]
    finite = [some for some in (growth, *others) if math.isfinite(some)]
    return max(finite) if len(finite) == 1 + _MORE_DATA or max(finite, default=0.0) > _ROUNDS else math.inf


def _is_noise(pair: Pair, case: Case, found: Difference) -> bool:
    """Whether a side moves about as far as the sides are apart when the last bits of the operands change."""
    operands = pair.operands(case)
    for every in (2, 3, 5):
        nudged = {name: _nudged(value, every, pair.library) for name, value in operands.items()}
        for side in (pair.left, pair.right):
            moved = pair.difference(pair.run(side, duplicate(operands)), pair.run(side, duplicate(nudged)))
            if moved is not None and moved.kind == "value" and found.gap <= _NOISE * moved.gap:
                return True
    return False


def _nudged(value: Any, every: int, library: Library) -> Any:
    """float64 values, some of them a few units in the last place larger."""
    if str(value.dtype).removeprefix("torch.") != "float64":
        return value
    units = 1 + 2.0**-50 * (np.arange(math.prod(value.shape)) % every).reshape(tuple(value.shape))
    return value * (library.torch.from_numpy(units).to(value.device) if library.is_tensor(value) else units)


def _growth_of(pair: Pair, case: Case) -> float:
    """0 where nothing differs or something cannot be compared."""
    exact, single = _gap(pair, case, single=False), _gap(pair, case, single=True)
    return single / exact if exact and single and math.isfinite(exact) else 0.0


def _gap(pair: Pair, case: Case, single: bool) -> float | None:
    """How far apart the values are: infinitely where they overflow, None where there are none to compare."""
    with default_dtype(pair.library, "float32") if single else nullcontext():
        left, right = pair.both(case, single=single)
        if left.raised or right.raised:
            return None
        found = pair.difference(left, right, dtypes=False)
    if found is None:
        return 0.0 if _finite(left, pair.library) else math.inf
    return found.gap if found.kind == "value" else None


def _finite(result: Result, library: Library) -> bool:
    parts = [part for part in comparison.leaves(result.value, library) if isinstance(part, comparison.Leaf)]
    return all(np.isfinite(part.values).all() for part in parts)


def _judge_coarse(pair: Pair, case: Case, found: Difference, precision: float) -> str:
    """Low precision: overflow on one side only is a difference, rounding is not."""
    if found.gap == float("inf"):
        return "different"
    if found.relative <= 64 * precision:
        return "equal"
    exact = replace(pair, dtypes=_doubled(pair.dtypes))
    left, right = exact.both(case)
    again = None if left.raised and right.raised else exact.difference(left, right)
    if again is None or (again.kind == "value" and again.relative <= 1e-9):
        return "equal"
    return "different" if again.relative > 1e-6 else "unclear"


def _operand_precision(dtypes: Mapping[str, str]) -> float:
    return max((comparison.PRECISION.get(dtype, comparison.FINEST) for dtype in dtypes.values()), default=0.0)


def _doubled(dtypes: Mapping[str, str]) -> dict[str, str]:
    wider = {"float16": "float64", "bfloat16": "float64", "float32": "float64", "complex64": "complex128"}
    return {name: wider.get(dtype, dtype) for name, dtype in dtypes.items()}


@contextmanager
def default_dtype(library: Library, dtype: str) -> Iterator[None]:
    """Creation functions such as `torch.eye` follow the operands' precision."""
    torch = library.torch
    if torch is None:
        yield
        return
    torch.set_default_dtype(getattr(torch, dtype))
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float64)
