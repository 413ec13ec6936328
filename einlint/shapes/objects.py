"""The values of the interpreter beside numbers, text and tuples."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from itertools import count
from typing import Any, NamedTuple

from einlint.calls import Reading
from einlint.dimensions import Dim, dim, symbol
from einlint.dimensions.dim import Remainder
from einlint.lazily import cached, dataclass
from einlint.names import Scope
from einlint.operations.layers import Layer
from einlint.program.value import Value
from einlint.shapes.hints import Hint

_numbers = count(1)
UNKNOWN_DTYPE = "float64"
"""The dtype of tensors of which none is known, and of all tensors that operations are tried on; bool and integer
tensors are told from others for indexing only."""
UNNAMED = "_@"
"""Begins the symbol of a length that has no name in the code."""
LOOSE = "~"
"""Begins the symbol of an integer that need not be a length: it may be 0 or negative."""


class Origin(NamedTuple):
    """Where a shape was learned: the row, and how, as the end of a sentence."""

    row: int
    how: str


class AxisName(NamedTuple):
    """A name that code gave to an axis: where, how as the end of a sentence, and in which activation of a function."""

    text: str
    row: int
    how: str
    frame: Frame


def as_written(node: Any) -> str:
    """An operand as the code has it: a node, or a text for one that has none."""
    return ast.unparse(node) if isinstance(node, ast.AST) else str(node)


@dataclass(frozen=True, eq=False)
class Step:
    """The operation that made a tensor: `what` is its dotted name, `node` its expression.

    `operands` are the tensors it took, `nodes` those in the code, or what they are called there; `reading` is the
    pattern of an einops or einsum call, `lengths` the lengths that it was given; `layer` is the module that was called.
    """

    what: str
    node: ast.expr
    operands: tuple[Known, ...]
    nodes: tuple[ast.AST | str, ...] = ()
    reading: Reading | None = None
    lengths: Mapping[str, Any] = field(default_factory=dict)
    layer: Layer | None = None

    @cached
    def function(self) -> str:
        """The last part of the dotted name."""
        return self.what.rpartition(".")[2]

    @property
    def is_method(self) -> bool:
        """Whether a method of the tensor was called, so that its arguments are all the others."""
        return self.what.startswith(("Tensor.", "ndarray."))

    def written(self, place: int) -> str:
        """An operand as the code has it."""
        return as_written(self.nodes[place])


@dataclass(frozen=True)
class Known(Value):
    """A tensor of known rank.

    `framework` is `torch`, `numpy` or empty where it is not known; `hearsay` is the comment or docstring without
    which nothing would be known of it, None where it is known otherwise; `made` is the operation that gave it.
    """

    origin: Origin | None = None
    framework: str = ""
    hearsay: Origin | None = None
    made: Step | None = field(default=None, compare=False, repr=False)

    @cached
    def symbols(self) -> frozenset[str]:
        """Every symbol of its lengths."""
        return frozenset().union(*[axis.size.symbols for dimension in self.dims for axis in dimension])


class Hole:
    """Something of which nothing is known but that it is the same thing wherever it is met.

    `numeric` says that it is a number or was computed from the things in `parents` by arithmetic, which `compute` does
    when the number is asked for: of most it is not. `alike` are tensors of the same rank and lengths but for one
    dimension. `lengths` are those of single dimensions that are known, counted from the front or, below 0, from the
    end. `members` are its attributes and elements. `unless_none` is the tensor that it is where it is not None.
    `assumed` is a tensor whose axes it may have, in their order: it came of that tensor by a call of which nothing is
    known; what reads it says so. `hint` are words that may be its axes. `method` is what it is where it is called: an
    attribute of something unknown. `least` is how many axes it has at least, where an annotation with `...` says so.
    """

    __slots__ = (
        "alike",
        "assumed",
        "compute",
        "hint",
        "least",
        "lengths",
        "members",
        "method",
        "name",
        "number",
        "numeric",
        "parents",
        "unless_none",
    )

    def __init__(self, name: str = "", *, numeric: bool = False, number: Dim | None = None, parents: Any = ()) -> None:
        self.name = name
        self.numeric = numeric
        self.number = number
        self.compute: Callable[[], Dim | None] | None = None
        self.parents: tuple[Hole, ...] = parents
        self.members: dict[object, Any] = {}
        self.lengths: dict[int, Dim] = {}
        self.alike: list[tuple[Hole, int]] = []
        self.unless_none: Known | None = None
        self.assumed: Known | None = None
        self.hint: Hint | None = None
        self.method: Method | None = None
        self.least = 0

    def as_number(self) -> Dim:
        """The integer that it is if it is one. Those of its parents are computed first: a chain of them may be long."""
        waiting = [self]
        while self.number is None:
            hole = waiting[-1]
            first = [each for each in hole.parents if each.number is None] if hole.compute and not hole.number else []
            if first:
                waiting += first
            else:
                waiting.pop()
                hole.number = hole.computed() or integer(hole.name)
        return self.number

    def computed(self) -> Dim | None:
        """The integer that is known of it, or that arithmetic gives."""
        return self.number or (self.compute and self.compute())

    def member(self, key: object, name: str = "") -> Hole:
        """An attribute or an element: the same one each time."""
        found = self.members.get(key)
        if found is None:
            found = self.members[key] = Hole(name)
        return found

    def forget(self) -> None:
        """Its elements may be others now; its lengths stay."""
        if self.members:
            self.members = {key: each for key, each in self.members.items() if isinstance(key, tuple)}

    def connect(self, other: Hole, but: int) -> None:
        """Note that another tensor has the same rank and lengths, but for one dimension."""
        self.alike.append((other, but))
        other.alike.append((self, but))

    def length(self, place: int, rank: int, met: frozenset[Hole] = frozenset()) -> Dim | None:
        """The length of a dimension if it is known, for a tensor of this rank."""
        for at in (place, place - rank):
            if at in self.lengths:
                return self.lengths[at]
        for other, but in self.alike:
            if other not in met and but % rank != place and len(met) < _MOST_ALIKE:
                found = other.length(place, rank, met | {self})
                if found is not None:
                    return found
        return None


_MOST_ALIKE = 5


def size(name: str) -> Dim:
    """A new length."""
    return symbol(f"{name or '_'}@{next(_numbers)}")


def integer(name: str) -> Dim:
    """A new integer."""
    return symbol(f"{LOOSE}{name or '_'}@{next(_numbers)}")


def renewed(name: str) -> Dim:
    """A new length or integer that is called like another one."""
    return symbol(f"{name.rpartition('@')[0] or name}@{next(_numbers)}")


def is_loose(value: Dim) -> bool:
    """Whether an integer that may be 0 or negative, or a remainder, occurs in it."""
    return any(name.startswith(LOOSE) for name in value.symbols) or any(
        isinstance(atom, Remainder) for monomial, _ in value.terms for atom, _ in monomial
    )


@dataclass(eq=False)
class Listing:
    """A list, and what is known of its elements: all of them, or one that each of them is like."""

    items: list[Any] | None
    element: Any = None
    of_modules: bool = False

    def forget(self) -> None:
        """Nothing is known of it any more."""
        self.items, self.element = None, Hole()


@dataclass(frozen=True, eq=False)
class ShapeOf:
    """`x.shape` of a tensor of unknown rank."""

    hole: Hole


@dataclass(frozen=True, eq=False)
class RankOf:
    """`x.ndim` of a tensor of unknown rank."""

    hole: Hole


@dataclass(frozen=True, eq=False)
class Library:
    """A function, class or module of a library, by its dotted name."""

    name: str


@dataclass(eq=False)
class Frame:
    """An activation of a function, or the module.

    `sizes` are the lengths that names in its annotations stand for, `result` is what its return annotation claims.
    """

    scope: Scope
    outer: Frame | None
    sizes: dict[str, Dim] = field(default_factory=dict)
    result: Any = None
    names: dict[str, Any] = field(default_factory=dict)
    returned: list[Any] = field(default_factory=list)

    def holding(self, name: str) -> Frame | None:
        """The innermost frame that has a name."""
        frame: Frame | None = self
        while frame is not None and name not in frame.names:
            frame = frame.outer
        return frame

    def around(self) -> Iterator[Frame]:
        """This frame and those that it sees, innermost first."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.outer


@dataclass(frozen=True, eq=False)
class Function:
    """A function of the file; `receiver` is what `self` is, `frame` the activation it was defined in."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    frame: Frame | None
    receiver: Any = None


@dataclass(frozen=True, eq=False)
class Class:
    """A class of the file."""

    node: ast.ClassDef


@dataclass(eq=False)
class Instance:
    """An object of a class of the file, made with these arguments (None: unknown ones) by the call `node`.

    `attributes` are those that its `__init__` set, None until that was read. `is_changed` says that others may have
    been set in ways that cannot be read.
    """

    cls: Class
    args: tuple[Any, ...] | None = None
    kwargs: dict[str, Any] = field(default_factory=dict)
    node: ast.Call | None = None
    callers: tuple[ast.Call, ...] = ()
    attributes: dict[str, Any] | None = None
    is_changed: bool = False


@dataclass(frozen=True, eq=False)
class Super:
    """`super()` in a method of a class."""

    instance: Instance
    cls: Class


@dataclass(frozen=True, eq=False)
class Method:
    """A method of a library value: of a tensor, a list or something unknown."""

    receiver: Any
    name: str


AT, UPDATED = "at[...]", "at[...].set"
"""Names of `x.at[0]` and `x.at[0].set` of JAX as methods: the latter gives an array of the same shape."""


@dataclass(eq=False)
class Sequential:
    """Modules called one after the other; None where they were changed."""

    modules: tuple[Any, ...] | None


@dataclass(frozen=True, eq=False)
class Partial:
    """`partial(function, ...)`."""

    function: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Mapped:
    """`map(function, iterable)` of an iterable of unknown length."""

    function: Any
    over: Any
    node: ast.Call


def as_python(value: Dim) -> Dim | int:
    """A length as code has it: a number where it is one."""
    return value if value.constant is None else value.constant


def length(value: Any) -> Dim | None:
    """The integer that a value is, None for anything else."""
    if value.__class__ is int or isinstance(value, Dim):
        return dim(value)
    return value.as_number() if isinstance(value, Hole) else None


def forget(value: Any, depth: int = 0) -> None:
    """Whatever can be changed in a value may have been: lists, dictionaries and modules, also inside others."""
    if isinstance(value, Hole):
        value.forget()
        if value.method is not None and depth < 5:  # `push = parts.append`
            forget(value.method.receiver, depth + 1)
    elif isinstance(value, Listing):
        for item in value.items or ():
            forget(item, depth + 1) if depth < 5 else None
        value.forget()
    elif isinstance(value, dict):
        value.clear()
    elif isinstance(value, Sequential):
        value.modules = None
    elif isinstance(value, tuple) and depth < 5:
        for item in value:
            forget(item, depth + 1)
    elif isinstance(value, Instance):
        value.is_changed = True
    elif isinstance(value, Method):
        forget(value.receiver, depth + 1)
    elif isinstance(value, Partial):
        forget((*value.args, *value.kwargs.values()), depth + 1)
