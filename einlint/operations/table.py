"""The table itself: names of functions and methods, and the program that a call of each denotes.

A function stands under its dotted name (`torch.permute`), a method or property under the kind of its
receiver (`Tensor.permute`, `ndarray.T`). An entry takes the arguments as the library does, with
`Value`s for tensors, `Dim`s for sizes and `Scalar`s for other numbers that depend on sizes.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from einlint.lazily import dataclass
from einlint.program.terms import Linear

Denotation = Callable[..., Any]
D = TypeVar("D", bound=Denotation)

_ENTRIES: dict[str, Denotation] = {}


@dataclass(frozen=True)
class Scalar:
    """A number that is not an integer but may depend on sizes."""

    term: Linear


def denotes(*names: str) -> Callable[[D], D]:
    """Register what these names denote. `T.name` stands for `Tensor.name` and `torch.name`,
    `N.name` for `ndarray.name` and `numpy.name`, `F.name` for `torch.nn.functional.name`."""

    def register(entry: D) -> D:
        for name in names:
            for full in _full(name):
                assert full not in _ENTRIES, f"{full} is described twice"
                _ENTRIES[full] = entry
        return entry

    return register


def is_described(full: str) -> bool:
    """Whether a full name has an entry already."""
    return full in _ENTRIES


def _full(name: str) -> tuple[str, ...]:
    head, _, rest = name.partition(".")
    if head == "T":
        return (f"Tensor.{rest}", f"torch.{rest}")
    if head == "N":
        return (f"ndarray.{rest}", f"numpy.{rest}")
    return (f"torch.nn.functional.{rest}",) if head == "F" else (name,)


@cache
def entries() -> dict[str, Denotation]:
    """Every entry by its full name."""
    package = importlib.import_module("einlint.operations")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"einlint.operations.{module.name}")
    return dict(_ENTRIES)
