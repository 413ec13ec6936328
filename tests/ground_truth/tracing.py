"""What the operands and results of einops and einsum calls really look like."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable
from itertools import islice
from types import FrameType
from typing import Any, NamedTuple

FUNCTIONS = ("rearrange", "reduce", "repeat", "einsum", "pack", "unpack", "parse_shape")
_PLACES = {
    "einops": FUNCTIONS,
    "einops.einops": FUNCTIONS[:4] + FUNCTIONS[6:],
    "einops.packing": ("pack", "unpack"),
    "torch": ("einsum",),
    "torch.functional": ("einsum",),
    "numpy": ("einsum",),
}
_LAYERS = ("Rearrange", "Reduce", "EinMix")
_MOST_EXECUTIONS = 200


class Site(NamedTuple):
    """Where a call is written: columns count bytes, as those of `ast` do."""

    path: str
    row: int
    column: int
    end_row: int
    end_column: int


Shape = Any
"""The shape of a tensor, a list of shapes for several tensors, None for anything else."""


class Execution(NamedTuple):
    """One call that returned: the shapes of the operands and of the result."""

    operands: tuple[Shape, ...]
    result: Shape


class Trace:
    """The different executions of every call outside the libraries."""

    def __init__(self) -> None:
        self.executions: dict[Site, set[Execution]] = {}

    def note(self, site: Site | None, operands: tuple[Any, ...], result: Any) -> None:
        if site is not None:
            known = self.executions.setdefault(site, set())
            if len(known) < _MOST_EXECUTIONS:
                known.add(Execution(tuple(map(shape_of, operands)), shape_of(result)))

    def install(self) -> None:
        """Wrap every einops function and layer and the einsums. To be done before a model is imported."""
        for module, names in _PLACES.items():
            found = importlib.import_module(module)
            for name in names:
                setattr(found, name, self._wrapped(getattr(found, name)))
        layers = importlib.import_module("einops.layers.torch")
        for name in _LAYERS:
            self._wrap_layer(getattr(layers, name))

    def _wrapped(self, function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            site = _site(sys._getframe(1))
            result = function(*args, **kwargs)
            self.note(site, _operands(name, function.__module__, args, kwargs), result)
            return result

        return call

    def _wrap_layer(self, layer: Any) -> None:
        """A layer is known by the call that made it: that is where its pattern stands."""
        start, forward = layer.__init__, layer.forward

        @functools.wraps(start)
        def made(itself: Any, *args: Any, **kwargs: Any) -> None:
            start(itself, *args, **kwargs)
            itself.__dict__["einlint_site"] = _site(sys._getframe(1))

        @functools.wraps(forward)
        def called(itself: Any, value: Any) -> Any:
            result = forward(itself, value)
            self.note(itself.__dict__.get("einlint_site"), (value,), result)
            return result

        layer.__init__, layer.forward = made, called


def _operands(name: str, module: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """The tensors of a call: those of an einsum, or the first parameter of any other function."""
    if name == "einsum":
        given = args[:-1] if module.startswith("einops") else args[1:]
        return tuple(given[0]) if len(given) == 1 and isinstance(given[0], (list, tuple)) else given
    first = args[:1] or tuple(kwargs[key] for key in ("tensor", "tensors", "x") if key in kwargs)
    return first


def shape_of(value: Any) -> Shape:
    if isinstance(value, (list, tuple)) and not hasattr(value, "shape"):
        return tuple(("list", *map(shape_of, value)))
    if getattr(value, "is_nested", False) or not hasattr(value, "shape"):
        return None
    return tuple(map(int, value.shape))


def _site(frame: FrameType) -> Site | None:
    """The call that a frame is in; None in a library."""
    code = frame.f_code
    if "/einops/" in code.co_filename or "/torch/" in code.co_filename or not code.co_filename.endswith(".py"):
        return None
    row, end_row, column, end_column = next(islice(code.co_positions(), frame.f_lasti // 2, None))
    if row is None or column is None or end_row is None or end_column is None:
        return None
    return Site(code.co_filename, row, column, end_row, end_column)
