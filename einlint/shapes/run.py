"""One reading of a file: memory, budget, the operations table and what it refused."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from einlint.calls import CallFinder, Reading
from einlint.dimensions import Dim
from einlint.lazily import replace
from einlint.names import BindingKind, Scope
from einlint.operations.domain import SymbolicDomain
from einlint.operations.dtypes import DtypeName
from einlint.operations.layers import Layer
from einlint.operations.reductions import Extremum
from einlint.operations.table import Scalar
from einlint.program.terms import Axis
from einlint.program.value import Value
from einlint.resolution import Dotted
from einlint.shapes.afar import Afar, read_afar
from einlint.shapes.assuming import learned
from einlint.shapes.contradiction import Contradiction
from einlint.shapes.memory import Memory, joined, known
from einlint.shapes.objects import (
    UNKNOWN_DTYPE,
    UNNAMED,
    AxisName,
    Class,
    Frame,
    Function,
    Hole,
    Known,
    Library,
    Listing,
    Origin,
    Step,
    as_python,
    as_written,
    size,
)
from einlint.shapes.remembered import outcome_of

_MOST_STEPS = 30_000
"""Expressions read from one place to start from, calls of functions of the file included."""
_MOST_STEPS_OF_FILE = 150_000
AGAIN = object()
"""What those who watch are told of a loop that is read again: what was said of it does not hold."""
DEEPEST_CALL = 4
MOST_PARTS = 32
"""Items that a list, a `map` or a `chunk` is followed to."""
DEEPEST_EXPRESSION = 60
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_PLAIN = (int, float, str, bool, type(None), Dim, Scalar, DtypeName, type(...))
_OF_TABLE = (*_PLAIN, Value)
_FRAMEWORKS = ("torch", "numpy")
_NO_LENGTHS: Mapping[str, Any] = {}


class Exhausted(Exception):
    """The budget is spent."""


class Foreign(Exception):
    """An argument that the operations table does not take."""


class Observer(Protocol):
    """Is told what a run does to tensors, as it happens."""

    def operated(self, run: Run, step: Step, result: Any) -> None:
        """An operation of the table did not fail; what it gives may be unknown."""

    def divided(self, run: Run, tensor: Known, number: Any, node: ast.expr) -> None:
        """A tensor was divided by a number."""

    def called_unknown(self, run: Run, hole: Hole, name: str, given: int, node: ast.Call) -> None:
        """A function or method was called with a tensor of unknown rank and `given` other arguments."""

    def cut(self, run: Run, result: Known, node: ast.expr) -> None:
        """A tensor of unknown rank was reshaped."""

    def met(self, run: Run, axis: Axis, tensor: Known, node: ast.expr) -> None:
        """A tensor of unknown rank, `axis` all its elements in order, met a vector of as many, one by one."""

    def wrote(self, run: Run, tensor: Known, node: ast.expr) -> None:
        """A tensor was changed in place: `node` is the target, a name or a subscript."""


class Run:
    """What the functions that read expressions and statements share."""

    def __init__(self, finder: CallFinder, in_script: bool = False) -> None:
        self.finder = finder
        self.names = finder.names
        if finder.afar is None:
            finder.afar = read_afar(self.names, finder.source.tree)
        self.afar: Afar = finder.afar
        self.shared = self.names.shared | (self.names.module.bindings.keys() if self.afar.names else frozenset())
        self.frames: list[Frame] = []
        self.frame = self.activation(self.names.module, None)
        self.memory = Memory(self.frame)
        self.found: list[Contradiction] = []
        self.callers: list[ast.Call] = []
        self.labels: dict[str, str] = {}
        self.steps = self.most = 0
        self.depth = 0
        self.globals: dict[str, Any] = {}
        self.active: list[ast.AST] = []
        self.in_script = in_script
        self.failed: list[tuple[Contradiction, ast.AST]] = []
        self.changed: list[Any] = []
        self.served: dict[ast.AST, set[ast.Call]] = {}
        self.nesting = 0
        self.unsure = False
        self.modules: list[tuple[Any, ast.Call]] = []
        self.applied: set[ast.Call] = set()
        self.exits: list[tuple[list[Any], list[Any]]] = []
        self.watch: Callable[[ast.AST, Any], None] | None = None
        self.observer: Observer | None = None
        if finder.framework is None:
            finder.framework = _framework(self.names.module)
        self._framework = finder.framework
        self.domain = domain(self._framework or "torch")
        self.begin()

    def activation(self, scope: Scope, outer: Frame | None) -> Frame:
        """A new frame."""
        frame = Frame(scope, outer)
        self.frames.append(frame)
        return frame

    @property
    def framework(self) -> str:
        """The library of tensors of unknown origin: what the file imports, or torch in the methods of its modules."""
        if not self._framework and self.active and self.active[-1] in self._methods_of_modules:
            return "torch"
        return self._framework

    @property
    def _methods_of_modules(self) -> frozenset[ast.AST]:
        """The functions in classes that are derived from one of `torch.nn`."""
        if self.finder.methods_of_modules is None:
            modules = [node for node in self.names.class_nodes if any(map(self._is_of_torch_nn, node.bases))]
            rows = {row for node in modules for row in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
            functions = (each for each in self.names.scopes if isinstance(each, _FUNCTIONS))
            self.finder.methods_of_modules = frozenset(each for each in functions if each.lineno in rows)
        return self.finder.methods_of_modules

    def _is_of_torch_nn(self, base: ast.expr) -> bool:
        found = self.finder.resolve(base, self.names.module) if isinstance(base, (ast.Name, ast.Attribute)) else None
        return isinstance(found, Dotted) and found.name.startswith("torch.nn.")

    def domain_of(self, tensor: Known) -> SymbolicDomain:
        """The methods that a tensor has, those of torch where nothing tells."""
        return domain(tensor.framework or self.framework or "torch")

    def is_ambiguous(self, tensor: Known) -> bool:
        """Whether a tensor may be one of torch or of numpy."""
        return not (tensor.framework or self.framework)

    def begin(self) -> None:
        """Begin to count expressions anew: `value_of` raises Exhausted after `most`."""
        self.finder.steps += self.steps
        self.steps, self.most = 0, min(_MOST_STEPS, _MOST_STEPS_OF_FILE - self.finder.steps)

    def end(self) -> None:
        """Let go of what frames hold: frames and the functions in them hold each other."""
        self.begin()
        for frame in self.frames:
            frame.names, frame.returned, frame.outer = {}, [], None

    def name_axis(self, axis: Axis, text: str, row: int, how: str) -> None:
        """Remember what code calls an axis."""
        frame = self.memory.frame
        self.labels[axis.name] = text
        called = self.memory.called
        called[axis.name, id(frame)] = called[axis.name, 0] = AxisName(text, row, how, frame)

    def axis_name(self, axis: Axis, anywhere: bool = False) -> AxisName | None:
        """What the activation that is read calls an axis; `anywhere`: or else what another one called it last."""
        called = self.memory.called
        found = called.get((axis.name, id(self.memory.frame)))
        return called.get((axis.name, 0)) if found is None and anywhere else found

    @property
    def scope(self) -> Scope:
        return self.memory.frame.scope

    def quiet(self) -> _Quiet:
        """Forget what is found meanwhile."""
        return _Quiet(self)

    def perhaps(self) -> _Perhaps:
        """What is read meanwhile may not happen."""
        return _Perhaps(self)

    def name_lengths(self, tensor: Known, names: Sequence[str]) -> None:
        """Give the lengths of a tensor that have no name those that its dimensions are read by."""
        if len(names) != len(tensor.dims):
            return
        for dimension, name in zip(tensor.dims, names, strict=True):
            symbol = self.memory.size(dimension[0].size).name if len(dimension) == 1 else None
            if symbol is not None and symbol.startswith(UNNAMED) and name.strip("_"):
                self.memory.sizes[symbol] = size(name)

    def made(self, module: Any, node: ast.Call) -> None:
        """Note a layer with a pattern, or a Sequential, that a call made."""
        if not self.callers:
            self.modules.append((module, node))

    def contradict(self, node: ast.expr, what: str, reason: str, **details: Any) -> None:
        """Note a contradiction; where a function was called with known arguments, what certainly happens counts."""
        if not (self.callers and self.unsure):
            start = self.active[0] if self.active else None
            callers = tuple(self.callers)
            found = Contradiction(self.finder.source, node, what, reason, callers=callers, start=start, **details)
            self.found.append(found)
            if self.callers:
                self.failed.append((found, self.active[-1]))

    def operate(
        self,
        operation: Callable[..., Any],
        arguments: tuple[Any, ...],
        node: ast.expr,
        what: str,
        operands: Sequence[tuple[Any, Known]] = (),
        reading: Reading | None = None,
        lengths: Mapping[str, Any] = _NO_LENGTHS,
        layer: Layer | None = None,
    ) -> Any:
        """The result of an operation of the table; unknown, and noted, where it is refused for all sizes."""
        outcome = outcome_of(operation, arguments)
        if outcome is not None and not outcome.results:
            named = tuple((as_written(n), v) for n, v in operands)
            details = {"operands": named, "reading": reading, "lengths": lengths, "layer": layer.name if layer else ""}
            self.contradict(node, what, str(outcome.refused[0]), **details)
            for _, tensor in operands:
                if tensor.hearsay:  # it is wrong
                    self.memory.change(tensor)
            return Hole()
        for query in outcome.learned if outcome is not None else ():
            found = learned(query, self.memory.sizes)
            if found is not None:
                self.memory.sizes[found[0]] = found[1]
        tensors = tuple([self.memory.current(tensor) for _, tensor in operands])
        step = Step(what, node, tensors, tuple([n for n, _ in operands]), reading, lengths, layer)
        result = Hole() if outcome is None else self._made(step, outcome.results)
        if self.observer is not None:
            self.observer.operated(self, step, result)
        return result

    def _made(self, step: Step, results: list[Any]) -> Any:
        """What an operation gave, as a value of the interpreter."""
        origin, root = Origin(step.node.lineno, f"made by `{step.what}`"), step.what.partition(".")[0]
        framework = root if root in _FRAMEWORKS else ""
        hearsay = None
        for tensor in step.operands:
            framework, hearsay = framework or tensor.framework, hearsay or tensor.hearsay
        return self.combined([self.wrapped(result, origin, framework, hearsay, step) for result in results])

    def combined(self, results: list[Any]) -> Any:
        """What the results for all answers have in common."""
        result = self.memory.current(results[0])
        for other in results[1:]:
            result = joined(result, self.memory.current(other))
        return result

    def wrapped(self, result: Any, *about: Any) -> Any:
        """A result of the operations table as a value of the interpreter; `about` is what `known` takes."""
        if isinstance(result, Value):
            return known(result, *about)
        if isinstance(result, Extremum):
            return (known(result.values, *about), known(result.indices, *about))
        if isinstance(result, (tuple, list)):
            items = [self.wrapped(item, *about) for item in result]
            return Listing(items) if isinstance(result, list) else tuple(items)
        if isinstance(result, dict):
            return {key: self.wrapped(value, *about) for key, value in result.items()}
        if isinstance(result, Dim):
            return as_python(result)
        return result if isinstance(result, _PLAIN) else Hole()

    def plain(self, value: Any, holes: bool = False) -> Any:
        """A value as the operations table takes it. Raises Foreign; `holes` says that unknown things are integers."""
        value = self.memory.current(value)
        if value.__class__ is Known:
            return value if value.dtype == UNKNOWN_DTYPE else replace(value, dtype=UNKNOWN_DTYPE)
        if isinstance(value, _OF_TABLE):
            return value
        if isinstance(value, tuple):
            return tuple([self.plain(self.memory.present(item), holes) for item in value])
        if isinstance(value, Listing) and value.items is not None:
            return [self.plain(self.memory.present(item), holes) for item in value.items]
        if isinstance(value, slice):
            return slice(*(self.plain(part, True) for part in (value.start, value.stop, value.step)))
        if isinstance(value, Hole) and (holes or self.memory.is_number(value)):
            return value.as_number()
        if isinstance(value, Library):
            return _dtype(value.name)
        raise Foreign

    def library(self, node: ast.expr) -> Library | None:
        """The library member that a name or attribute refers to: the same wherever it is read from."""
        known = self.finder.members
        if node not in known:
            known[node] = self._library(node)
        found: Library | None = known[node]
        return found

    def _library(self, node: ast.expr) -> Library | None:
        referent = self.finder.resolve(node, self.scope)
        if isinstance(referent, Dotted):
            return Library(referent.name)
        if referent is None and isinstance(node, ast.Name) and hasattr(builtins, node.id):
            return Library(f"builtins.{node.id}")
        return None

    def global_value(self, name: str) -> Any:
        """What a name of the module means wherever it is read: a function, a class or a constant."""
        if name not in self.globals:
            self.globals[name] = Hole(name)
            self.globals[name] = self._global_value(name)
        return self.globals[name]

    def _global_value(self, name: str) -> Any:
        if name in self.shared:
            return Hole(name)
        bindings = self.names.module.bindings.get(name, [])
        if len(bindings) != 1:
            return Hole(name)
        if bindings[0].kind is BindingKind.DEFINITION:
            node = self.finder.definitions.get(name)
            if isinstance(node, ast.ClassDef):
                return Class(node)
            return Function(node, None) if node is not None else Hole(name)
        value = bindings[0].value
        is_constant = bindings[0].kind in (BindingKind.VALUE, BindingKind.CONSTANT) and isinstance(value, ast.Constant)
        if is_constant and isinstance(value.value, (int, float, str, bool, type(None))):  # type: ignore[union-attr]
            return value.value  # type: ignore[union-attr]
        return Hole(name)


class _Quiet:
    """Forgets what a run finds meanwhile: a class, as it is entered often."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def __enter__(self) -> None:
        self.kept = len(self.run.found)

    def __exit__(self, *_: object) -> None:
        del self.run.found[self.kept :]


class _Perhaps:
    """What a run reads meanwhile may not happen."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def __enter__(self) -> None:
        self.before, self.run.unsure = self.run.unsure, True
        self.run.nesting += 1

    def __exit__(self, *_: object) -> None:
        self.run.unsure = self.before
        self.run.nesting -= 1


_LIKE_TORCH = frozenset({"oneflow", "paddle", "mindspore", "tinygrad", "megengine", "mxnet", "chainer", "jittor"})
_ARRAYS = frozenset(
    "numpy jax cupy mlx tensorflow keras dask xarray autograd cv2 skimage imageio".split()
)  # the last three give arrays of numpy


def _framework(module: Scope) -> str:
    """The one library of tensors that a file imports, empty where there are several or none."""
    roots = {b.module.partition(".")[0] for bindings in module.bindings.values() for b in bindings if b.module}
    if "torch" in roots:
        return "" if roots & _ARRAYS else "torch"
    return "numpy" if roots & _ARRAYS and not roots & _LIKE_TORCH else ""


@cache
def domain(framework: str) -> SymbolicDomain:
    return SymbolicDomain(framework, {})


def _dtype(name: str) -> Any:
    try:
        return domain("torch").member(name)
    except Exception as error:
        raise Foreign from error
