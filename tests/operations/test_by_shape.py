"""Entries that are known by shape, against real execution: the same calls on symbolic and on real tensors."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from einlint.dimensions import dim, symbol
from einlint.operations.domain import SymbolicDomain
from einlint.program.deciding import Undefined, use_decider
from einlint.program.value import BLANK, dimension
from einlint.program.value import Value as Symbolic
from tests.operations.cases import texts
from tests.operations.proxies import LIBRARIES, ByShape, Tensor, dtypes, fits, names, shapes
from tests.operations.shape_cases import NUMPY, TORCH

SIZES = ({"a": 2, "b": 3}, {"a": 4, "b": 6}, {"a": 3, "b": 3})
SHAPES = {
    "x": "a b", "y": "a b", "i": "a b", "m": "a b", "n": "a b", "u": "a", "s": "a a", "z": "a b 3", "v": "2 4 6 8",
    "w": "100 b",
}  # fmt: skip
DTYPES = {"i": "int64", "m": "bool"}


def operands(framework: str, sizes: dict[str, int]) -> Iterator[tuple[str, Any, Symbolic]]:
    """The name, the real tensor and the symbolic one of every operand."""
    random = np.random.default_rng(0)
    for name, text in SHAPES.items():
        shape = [dim(int(word)) if word.isdigit() else symbol(word) for word in text.split()]
        array = random.integers(0 if name == "m" else 1, 3, [size.value(sizes) for size in shape]).astype(
            DTYPES.get(name, "float64")
        )
        value = Symbolic(tuple(map(dimension, shape)), BLANK, DTYPES.get(name, "float64"))
        yield name, torch.tensor(array) if framework == "torch" and name != "n" else array, value


def said(
    framework: str, text: str, sizes: dict[str, int], domain_type: type[SymbolicDomain] = SymbolicDomain
) -> tuple[Any, Any, bool]:
    """Shapes and dtypes by the table, and whether it claims the dtypes."""
    decider = ByShape(sizes)
    use_decider(decider)
    domain = domain_type(framework, {})
    tensors = {name: Tensor(domain, value) for name, _, value in operands(framework, sizes)}
    try:
        result = eval(text, {**names(domain), **tensors, **{name: Tensor(domain, symbol(name)) for name in sizes}})
        return shapes(result, sizes), dtypes(result), not decider.admitted
    except Undefined:
        return "raises", None, False
    finally:
        use_decider(None)


def real(framework: str, text: str, sizes: dict[str, int]) -> tuple[Any, Any]:
    """Shapes and dtypes by the library."""
    tensors = {name: array for name, array, _ in operands(framework, sizes)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = eval(text, {**LIBRARIES, **tensors, **sizes})
    except (RuntimeError, ValueError, IndexError, TypeError, AttributeError, AssertionError):
        return "raises", None
    return shapes(result, sizes), dtypes(result)


CASES = [("torch", text) for text in texts(TORCH)] + [("numpy", text) for text in texts(NUMPY)]


@pytest.mark.parametrize(("framework", "text"), CASES)
def test_shape_of(framework: str, text: str) -> None:
    for sizes in SIZES:
        shape, dtype, claimed = said(framework, text, sizes)
        wanted = real(framework, text, sizes)
        if wanted[0] == "raises" and shape != "raises":
            continue  # what code is read for is the shapes of what runs
        assert fits(shape, wanted[0]), f"{shape} not {wanted[0]} at {sizes}"
        assert not claimed or dtype == wanted[1], sizes
