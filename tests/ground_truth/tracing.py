"""What the operands and results of einops and einsum calls really look like."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from types import CodeType, FrameType
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
_MOST_EXECUTIONS = 100
_MOST_CALLERS = 5
_NAMELESS = ("<lambda>", "<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>")
"""What runs as part of the function that it is written in."""


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
    """One call that returned: the shapes of the operands and of the result.

    `callers` are the calls that led there, innermost first: of functions outside the libraries, as far as is kept.
    """

    operands: tuple[Shape, ...]
    result: Shape
    callers: tuple[Site, ...] = ()


Activation = dict[Site, Execution | None]
"""What one activation of a function executed; None for a call in a loop."""


class Trace:
    """The different executions of every call outside the libraries, and which happened together."""

    def __init__(self) -> None:
        self.executions: dict[Site, set[Execution]] = {}
        self.activations: dict[CodeType, list[Activation]] = {}

    def note(
        self, frame: FrameType, site: Site | None, operands: tuple[Any, ...], result: Any, *, layer: bool = False
    ) -> None:
        if site is None:
            return
        execution = Execution(tuple(map(shape_of, operands)), shape_of(result), callers(frame))
        known = self.executions.setdefault(site, set())
        if len(known) < _MOST_EXECUTIONS:
            known.add(execution)
        activation = {} if layer else self._activation(frame)
        activation[site] = None if site in activation else execution

    def _activation(self, frame: FrameType) -> Activation:
        """What the function that runs in a frame executed so far: kept at the frame, which is never really traced."""
        mark: object = frame.f_trace
        if not isinstance(mark, _Mark):
            mark = frame.f_trace = _Mark({})
            known = self.activations.setdefault(frame.f_code, [])
            if len(known) < _MOST_EXECUTIONS:
                known.append(mark.activation)
        return mark.activation

    def together(self) -> list[list[tuple[Site, Execution]]]:
        """The calls that one activation executed once each, different ones only."""
        groups = {
            frozenset((site, execution) for site, execution in activation.items() if execution is not None)
            for activations in self.activations.values()
            for activation in activations
        }
        return [sorted(group) for group in groups if len(group) > 1]

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
            frame = sys._getframe(1)
            site = _site(frame)
            result = function(*args, **kwargs)
            self.note(frame, site, _operands(name, function.__module__, args, kwargs), result)
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
            self.note(sys._getframe(1), itself.__dict__.get("einlint_site"), (value,), result, layer=True)
            return result

        layer.__init__, layer.forward = made, called


class _Mark:
    """Stands in a frame for its activation."""

    def __init__(self, activation: Activation) -> None:
        self.activation = activation

    def __call__(self, *_: object) -> None:
        """A frame takes something to call only."""


def _operands(name: str, module: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """The tensors of a call: those of an einsum, or the first parameter of any other function."""
    if name == "einsum":
        given = args[:-1] if module.startswith("einops") else args[1:]
        return tuple(given[0]) if len(given) == 1 and isinstance(given[0], (list, tuple)) else given
    return args[:1] or tuple(kwargs[key] for key in ("tensor", "tensors", "x") if key in kwargs)


def shape_of(value: Any) -> Shape:
    if isinstance(value, (list, tuple)) and not hasattr(value, "shape"):
        return ("list", *map(shape_of, value))
    if getattr(value, "is_nested", False) or not hasattr(value, "shape"):
        return None
    return tuple(map(int, value.shape))


def callers(frame: FrameType | None) -> tuple[Site, ...]:
    """The calls that led to a frame, innermost first; what a lambda or a comprehension is part of is none."""
    found: list[Site] = []
    frame = _outside(frame)
    while frame is not None and len(found) < _MOST_CALLERS:
        nameless = frame.f_code.co_name in _NAMELESS
        frame = _outside(frame.f_back)
        site = None if frame is None or nameless else _site(frame)
        if site is not None:
            found.append(site)
    return tuple(found)


def _outside(frame: FrameType | None) -> FrameType | None:
    """The innermost frame from here that is in no library."""
    while frame is not None and _is_of_library(frame.f_code):
        frame = frame.f_back
    return frame


def _is_of_library(code: CodeType) -> bool:
    name = code.co_filename
    return "/einops/" in name or "/torch/" in name or name == __file__ or not name.endswith(".py")


def _site(frame: FrameType) -> Site | None:
    """The call that a frame is in; None in a library."""
    return _site_at(frame.f_code.co_filename, frame.f_code, frame.f_lasti)


@functools.cache
def _site_at(file: str, code: CodeType, instruction: int) -> Site | None:
    if _is_of_library(code):
        return None
    positions: Iterator[tuple[int | None, ...]] = getattr(code, "co_positions", lambda: iter(()))()  # Python 3.11
    row, end_row, column, end_column = next(islice(positions, instruction // 2, None), (None,) * 4)
    if row is None or column is None or end_row is None or end_column is None:
        return None
    return Site(file, row, column, end_row, end_column)
