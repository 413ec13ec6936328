"""Every entry of the operations table against the library it describes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch

from einlint.dimensions import Facts
from einlint.operations.domain import SymbolicDomain
from einlint.operations.reductions import Extremum
from einlint.operations.table import entries
from einlint.program.deciding import ConcreteDecider, Decider, use_decider
from einlint.program.terms import Unprovable
from einlint.program.value import Value
from einlint.verification import whitelist
from einlint.verification.expressions import Expression, Refused, parse
from einlint.verification.proof import Tensors, denoted
from tests.operations import test_by_shape
from tests.operations.cases import DTYPES, NUMPY, TORCH, texts
from tests.operations.layer_cases import LAYERS
from tests.program.following import Raised, concretely, data, follow, run, specification, symbols
from tests.program.numeric import evaluate, is_opaque

CASES = [
    *(("torch", spec, text) for spec, block in TORCH.items() for text in texts(block)),
    *(("numpy", spec, text) for spec, block in NUMPY.items() for text in texts(block)),
]
PAIRS = [
    *(("float32", "float32"), ("float32", "float64"), ("int64", "int64"), ("int64", "float64"), ("int32", "int32")),
    *(("float16", "float16"), ("bool", "bool"), ("bool", "float64"), ("int32", "float32"), ("uint8", "int64")),
]


def settings(names: list[str]) -> Iterator[dict[str, int]]:
    """Sizes to try: distinct, equal, one of them 1, one of them 0."""
    for values in ((2, 3, 4, 5), (6, 4, 2, 3), (4, 6, 3, 2), (3, 2, 5, 4), (5, 8, 4, 6)):
        yield dict(zip(names, values, strict=False))
    for value in (1, 2, 3):
        yield dict.fromkeys(names, value)
    for name, value in product(names, (1, 0)):
        yield {**{n: 3 + k for k, n in enumerate(names)}, name: value}
        if len(names) < 3:
            yield {**dict.fromkeys(names, 2), name: value}


def tensors(framework: str, spec: str, dtypes: Mapping[str, str], zero: bool) -> Tensors:
    shapes = specification(spec)
    return Tensors(framework, shapes, dtypes, dict.fromkeys(symbols(shapes), 0 if zero else 1))


def disagreements(
    framework: str, spec: str, text: str, dtypes: Mapping[str, str], domain: type[SymbolicDomain] = SymbolicDomain
) -> list[str]:
    """Where the table and the library differ."""
    shapes = specification(spec)
    try:
        expression = parse(text, shapes)
    except Refused:
        return []
    found = []
    tried = list(settings(symbols(shapes)))
    for sizes in tried[::4] if dtypes else tried:
        arrays = data(shapes, sizes, dtypes, 7)
        try:
            real = run(expression, framework, arrays)
        except Refused:
            continue
        for way in ("follow", "concrete"):
            why = _difference(
                way, expression, tensors(framework, spec, dtypes, 0 in sizes.values()), sizes, arrays, real, domain
            )
            found += [f"{text} [{way}] {sizes} {dict(dtypes)}: {why}"] if why else []
    return found


def _difference(
    way: str,
    expression: Expression,
    given: Tensors,
    sizes: Mapping[str, int],
    arrays: Mapping[str, Any],
    real: Any,
    domain: type[SymbolicDomain],
) -> str | None:
    try:
        said = follow(expression, given, sizes, domain) if way == "follow" else concretely(expression, given, sizes)
        return compared(said.value, real, said.sizes, arrays)
    except (Unprovable, Refused):
        return None
    except (TypeError, AttributeError, KeyError, ValueError, RecursionError):
        return None  # the prover says nothing then
    except (AssertionError, IndexError, ArithmeticError) as error:
        return f"{type(error).__name__} {error}"


def compared(said: Any, real: Any, sizes: Mapping[str, int], arrays: Mapping[str, Any]) -> str | None:
    """How a denoted value differs from a computed one; None when it does not."""
    if isinstance(said, Raised) or isinstance(real, Raised):
        return None if said == real else f"table {type(said).__name__}, library {type(real).__name__}"
    if isinstance(said, (tuple, list)) and isinstance(real, (tuple, list)):
        if len(said) != len(real):
            return f"{len(said)} parts, library {len(real)}"
        return next((why for s, r in zip(said, real, strict=True) if (why := compared(s, r, sizes, arrays))), None)
    if isinstance(said, Extremum):
        return compared([said.values, said.indices], list(real), sizes, arrays)
    if not isinstance(said, Value):
        return None
    return _tensors(said, real, sizes, arrays)


def _tensors(said: Value, real: Any, sizes: Mapping[str, int], arrays: Mapping[str, Any]) -> str | None:
    shape = tuple(size.value(sizes) for size in said.shape)
    if shape != tuple(np.shape(real)):
        return f"shape {shape}, library {tuple(np.shape(real))}"
    dtype = str(real.dtype).removeprefix("torch.")
    if said.dtype != dtype:
        return f"dtype {said.dtype}, library {dtype}"
    if isinstance(real, torch.Tensor) and said.contiguous and not real.is_contiguous():
        return "not contiguous"
    if is_opaque(said):
        return None
    found = evaluate(said, sizes, arrays)
    wanted = np.asarray(real.double().numpy() if isinstance(real, torch.Tensor) else real, float)
    same = np.isclose(found, wanted, rtol=1e-9, atol=1e-9, equal_nan=True)
    return None if same.all() else f"values {found.ravel()[:6]}, library {wanted.ravel()[:6]}"


def as_function(text: str) -> str | None:
    """`x.f(...)` as `torch.f(x, ...)`, where the table has both."""
    tree = ast.parse(text, mode="eval").body
    if not (
        isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute) and isinstance(tree.func.value, ast.Name)
    ):
        return None
    if (
        tree.func.value.id != "x"
        or f"torch.{tree.func.attr}" not in whitelist.FUNCTIONS
        or f"torch.{tree.func.attr}" not in entries()
    ):
        return None
    name, tree.func = tree.func.attr, ast.Name("f")
    tree.args.insert(0, ast.Name("x"))
    return f"torch.{name}" + ast.unparse(tree)[1:]


EVERY = CASES + [
    ("torch", spec, made) for framework, spec, text in CASES if framework == "torch" and (made := as_function(text))
]


@pytest.mark.parametrize(("framework", "spec"), sorted({(f, s) for f, s, _ in EVERY}))
def test_shape_dtype_exceptions_and_values(framework: str, spec: str) -> None:
    texts_of = [t for f, s, t in EVERY if (f, s) == (framework, spec)]
    assert [why for text in texts_of for why in disagreements(framework, spec, text, {})] == []


@pytest.mark.parametrize("key", DTYPES, ids=lambda key: key[0])
@pytest.mark.parametrize("dtypes", PAIRS, ids="-".join)
def test_other_dtypes(key: tuple[str, str], dtypes: tuple[str, str]) -> None:
    named = dict(zip("xy", dtypes, strict=True))
    assert [why for text in texts(DTYPES[key]) for why in disagreements(*key, text, named)] == []


KNOWN_BY_SHAPE = [*test_by_shape.CASES, *(("torch", text) for text in texts(LAYERS))]
RANKS = {"x": "a b", "y": "a b", "i": "a b", "m": "a b", "u": "a", "s": "a a", "z": "a b 3", "v": "2 4 c d"}


@pytest.mark.parametrize("framework", ["torch", "numpy"])
def test_what_is_claimed_beyond_the_shape(framework: str) -> None:
    wrong = []
    for text in (text for kind, text in KNOWN_BY_SHAPE if kind == framework):
        names = [name for name in RANKS if re.search(rf"\b{name}\b", text)] or ["x"]
        dtypes = {name: test_by_shape.DTYPES[name] for name in names if name in test_by_shape.DTYPES}
        spec = "; ".join(f"{name}: {RANKS[name]}" for name in names)
        wrong += disagreements(framework, spec, text, dtypes or {"none": "float64"})
    assert wrong == []


def test_every_entry_has_a_case() -> None:
    reached: set[str] = set()

    class Recording(SymbolicDomain):
        def call(self, name: str, args: Any, kwargs: Any) -> Any:
            reached.add(name)
            return super().call(name, args, kwargs)

        def method(self, receiver: Any, name: str, args: Any, kwargs: Any) -> Any:
            reached.add(f"{self.kind}.{name}")
            return super().method(receiver, name, args, kwargs)

        def attribute(self, receiver: Any, name: str) -> Any:
            reached.add(f"{self.kind}.{name}")
            return super().attribute(receiver, name)

    for framework, spec, text in EVERY:
        shapes = specification(spec)
        try:
            expression = parse(text, shapes)
        except Refused:
            continue
        sizes = dict.fromkeys(symbols(shapes), 2)
        _difference("follow", expression, tensors(framework, spec, {}, False), sizes, {}, Raised(), Recording)
    for framework, text in test_by_shape.CASES:
        with suppress(Unprovable, TypeError, AttributeError):
            test_by_shape.said(framework, text, test_by_shape.SIZES[0], Recording)
    tried = {_alias(name) for name in reached | _by_shape() if name in entries()}
    assert sorted(name for name in entries() if _reachable(name) and _alias(name) not in tried) == []


def _alias(name: str) -> tuple[bool, int]:
    """The same for the names that one library has for one entry."""
    return name.startswith(("numpy.", "ndarray.")), id(entries()[name])


def _by_shape() -> set[str]:
    """Entries that say nothing but a shape: proofs stop there."""
    return {name for name, entry in entries().items() if entry.__module__ == "einlint.operations.uniform"}


@pytest.mark.parametrize("name", sorted(n for n in _by_shape() if not n.endswith("_")))
def test_entries_by_shape(name: str) -> None:
    kind, _, method = name.partition(".")
    head = (
        f"x.{method}("
        if kind in ("Tensor", "ndarray")
        else f"{name.replace('torch.nn.functional', 'F').replace('numpy', 'np')}(x, "
    )
    framework = "torch" if kind in ("Tensor", "torch") else "numpy"
    spec, sizes = "x: a b; y: a b", {"a": 2, "b": 3}
    if not _reachable(name):
        return
    for tail in ("", "y", "0", "1", "x > 0, 1.0", "-1"):
        expression = parse((head + tail).removesuffix(", ") + ")", specification(spec))
        try:
            real = run(expression, framework, data(specification(spec), sizes, {}, 3))
        except Refused:
            continue
        use_decider(ConcreteDecider(sizes))
        try:
            said = denoted(expression, tensors(framework, spec, {}, False))
        except (Unprovable, Refused, TypeError):
            continue
        finally:
            use_decider(Decider(Facts()))
        if said is not None and hasattr(real, "shape"):
            assert tuple(s.value(sizes) for s in said.shape) == tuple(real.shape), f"{name} {tail}"


def _reachable(name: str) -> bool:
    kind, _, rest = name.partition(".")
    if kind in ("Tensor", "ndarray"):
        key = "tensor" if kind == "Tensor" else "ndarray"
        return rest in whitelist.METHODS[key] | whitelist.PROPERTIES[key]
    return name in whitelist.FUNCTIONS
