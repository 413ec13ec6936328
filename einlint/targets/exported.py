"""Calls of a model on their way to a target: the subjects of the rules about portability."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import field, fields
from functools import cached_property, reduce
from typing import TYPE_CHECKING

from einlint.callables import Kind
from einlint.calls import Call, CallFinder, Reading
from einlint.findings import Intent, Report, Span
from einlint.lazily import dataclass
from einlint.names import Scope, last_name
from einlint.patterns.model import Axis
from einlint.resolution import Dotted
from einlint.source import Source
from einlint.targets.annotations import is_annotated
from einlint.targets.model import ANY_FORM, Aim, Feature, Form, Limit

if TYPE_CHECKING:
    from einlint.shapes.operands import Given

_NOT_TRACED = frozenset(
    """__init__ __post_init__ __getitem__ __len__ __iter__ __repr__ reset_parameters init_weights _init_weights
    collate_fn configure_optimizers main""".split()
)
"""Functions that run before a model is exported, or beside it."""
PLAIN_FORM = "exported-call"
"""The rewrite of a call into plain code, whose demands follow after a colon."""
_OTHER_FRAMEWORKS = frozenset("jax flax tensorflow keras mlx paddle oneflow mindspore cupy chainer mxnet".split())


class Knowledge:
    """What inference knows of the arguments of the calls of a file; nothing is inferred before the first question."""

    def __init__(self, finder: CallFinder, calls: Sequence[Call]) -> None:
        self.finder = finder
        self._calls = calls

    @cached_property
    def _found(self) -> dict[ast.Call, list[Given]]:
        from einlint.shapes.operands import given

        return given(self.finder, self._calls)

    def ways(self, call: Call) -> list[Given]:
        """The known tensors among the arguments of a call, once for every way in which it is reached."""
        return self._found.get(call.node, [])

    def is_tensor(self, node: ast.expr, call: Call) -> bool:
        """Whether an argument, or a part of one, is certainly a tensor."""
        if any(node in given for given in self.ways(call)):
            return True
        return isinstance(node, ast.Name) and is_annotated(node.id, call.scope, self.finder)


@dataclass(frozen=True, eq=False)
class Exported:
    """A call with its pattern, on its way to one target. `form` is what all targets demand of plain code."""

    reading: Reading
    aim: Aim
    knowledge: Knowledge = field(repr=False)
    form: Form = ANY_FORM

    @property
    def call(self) -> Call:
        return self.reading.call

    @property
    def is_einsum(self) -> bool:
        """Whether it is an einsum of torch or einops, which becomes an Einsum node; an EinMix has a rule of its own."""
        return self.call.callee.kind in (Kind.EINSUM, Kind.EQUATION)

    @property
    def name(self) -> str:
        """How messages call what is called."""
        return "einsum" if self.is_einsum else self.call.callee.name

    def limits(self, feature: Feature) -> tuple[Limit, ...]:
        return self.aim.limits(feature)

    def report(self, limit: Limit, what: str, span: Span | None = None, fix: Intent | bool = True) -> Report:
        """A report that begins with what the code does and ends with what the target does about it.

        A `fix` that is no other says that plain code of the right form does without what the target does not take.
        """
        rewrite = f"{PLAIN_FORM}:{_written(self.form & limit.form)}"
        intent = fix if isinstance(fix, Intent) else Intent(rewrite, self.call.whole) if fix else None
        return Report(span or self.call.span, f"{what}: {self.aim.says(limit)}", intent=intent)

    def at(self, axis: Axis) -> Span:
        """The span of an axis in the pattern."""
        return self.reading.span(axis.start, axis.end)

    @property
    def operands(self) -> tuple[ast.expr, ...]:
        """The operands of an einsum, those of a list one by one; of another call its tensor."""
        nodes = self.call.tensors
        if self.is_einsum and len(nodes) == 1 and isinstance(nodes[0], (ast.List, ast.Tuple)):
            return tuple(nodes[0].elts)
        return nodes

    @property
    def shapes(self) -> list[tuple[tuple[object, ...] | None, ...]]:
        """The lengths of each operand, None for unknown rank, for every way in which the call is reached."""
        ways = self.knowledge.ways(self.call)
        return [tuple(w[n].shape if n in w else None for n in self.operands) for w in ways]


@dataclass(frozen=True, eq=False)
class ExportedFunction:
    """A call of anything in a function that holds the calls of a model. `name` is dotted where it is known."""

    source: Source
    node: ast.Call
    name: str
    scope: Scope
    aim: Aim
    finder: CallFinder = field(repr=False)

    def report(self, limit: Limit, what: str) -> Report:
        return Report(self.source.span(self.node.func), f"{what}: {self.aim.says(limit)}")


Subject = Exported | ExportedFunction


def exported(finder: CallFinder, calls: Sequence[Call], aims: Sequence[Aim]) -> Iterator[Subject]:
    """Every call of a file that an export sees, with each of the targets."""
    if not is_torch(finder):
        return
    traced = seen(finder, calls)
    knowledge, form = Knowledge(finder, traced), reduce(Form.__and__, (aim.form for aim in aims), ANY_FORM)
    for call in traced:
        reading = _reading(finder, call)
        if reading is not None:
            yield from (Exported(reading, aim, knowledge, form) for aim in aims)
    functions = [aim for aim in aims if any(limit.feature is Feature.FUNCTION for limit in aim.target.limits)]
    known = {call.node for call in calls}
    for node, scope in finder.names.calls if functions else ():
        if node not in known and isinstance(node.func, (ast.Name, ast.Attribute)) and is_traced(scope):
            yield from (ExportedFunction(finder.source, node, name, scope, aim, finder)
                        for name in [_name(finder, node.func, scope)] for aim in functions)  # fmt: skip


def seen(finder: CallFinder, calls: Sequence[Call]) -> list[Call]:
    """The calls of a file of torch that run while a model is exported, those that are broken, too."""
    traced = (call for call in calls if call.callee.layer or is_traced(call.scope))
    return [call for call in traced if _is_torch_call(finder, call)] if is_torch(finder) else []


def is_torch(finder: CallFinder) -> bool:
    """Whether the tensors of a file are torch's, as far as its imports tell."""
    bindings = finder.names.module.bindings.values()
    roots = {b.module.partition(".")[0] for found in bindings for b in found if b.module}
    layers = any(b.module == "einops.layers.torch" for found in bindings for b in found)
    return ("torch" in roots or layers) and not roots & _OTHER_FRAMEWORKS


def is_traced(scope: Scope) -> bool:
    """Whether code of this scope runs while a model is exported: it stands in a function that is not for set-up."""
    inside: Scope | None = scope
    while inside is not None and (inside.is_comprehension or not inside.name and inside.parent is not None):
        inside = inside.parent
    if inside is None or inside.parent is None or inside.is_class:
        return False
    return inside.name not in _NOT_TRACED and not inside.name.startswith("test_")


def _written(form: Form) -> str:
    """The fields of a form that demand something: `max_rank=5 diagonal=False`."""
    demands = ((each.name, getattr(form, each.name)) for each in fields(Form))
    return " ".join(f"{name}={value}" for name, value in demands if value != getattr(ANY_FORM, name))


def _reading(finder: CallFinder, call: Call) -> Reading | None:
    """The one valid reading of a complete call."""
    if not call.complete or call.misuse or call.origin is not None or not call.operands_known:
        return None
    readings = finder.readings(call)
    return readings[0] if len(readings) == 1 and readings[0].valid else None


def _is_torch_call(finder: CallFinder, call: Call) -> bool:
    """Whether it is no einsum and no layer of another framework."""
    if call.callee.dialect is not None and not call.callee.name.startswith("torch."):
        return False
    if not call.callee.layer:
        return True
    referent = finder.resolve(call.node.func, call.scope)
    return isinstance(referent, Dotted) and referent.name.startswith("einops.layers.torch.")


def _name(finder: CallFinder, function: ast.expr, scope: Scope) -> str:
    """The dotted name of a function of a library, the last name of anything else."""
    referent = finder.resolve(function, scope)
    return referent.name if isinstance(referent, Dotted) else last_name(function)
