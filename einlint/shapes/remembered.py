"""What operations gave, remembered: operands that differ in nothing but names give results that differ in nothing but
names.

The operands of an operation are numbered: symbols and axes in the order in which they occur. Where the same operation
met operands of the same numbering, its outcome is the one from there, with these symbols and axes instead, and with
new ones for those that the operation made.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from einlint.dimensions import Dim, symbol
from einlint.lazily import replace
from einlint.operations.dtypes import DtypeName
from einlint.operations.layers import Layer
from einlint.patterns.model import Pattern
from einlint.program.terms import COPY, Axis, Lineage, new_axis
from einlint.program.value import BLANK, Value
from einlint.shapes.assuming import Outcome, explore
from einlint.shapes.objects import LOOSE, Known, renewed

_MOST_REMEMBERED = 4096
_PLAIN: frozenset[type] = frozenset({bool, float, type(None), type(...), DtypeName})
_known: dict[Hashable, tuple[Outcome | None, list[str], list[Axis]]] = {}


class _Unnumbered(Exception):
    """A value that is not numbered."""


def outcome_of(operation: Callable[..., Any], arguments: tuple[Any, ...]) -> Outcome | None:
    """`explore` of an operation with these arguments; what is refused is tried again, its reason names the sizes."""
    numbering = _Numbering()
    try:
        key = (operation, numbering.of(arguments))
        remembered = _known.get(key)
    except (_Unnumbered, TypeError):
        return explore(lambda: operation(*arguments))
    symbols, axes = list(numbering.symbols), list(numbering.axes.values())
    if remembered is not None:
        outcome, names, old = remembered
        return outcome and _Renaming(names, old, symbols, axes).outcome(outcome)
    outcome = explore(lambda: operation(*arguments))
    if outcome is None or outcome.results and all(map(_is_plain, outcome.results)):
        if len(_known) >= _MOST_REMEMBERED:
            _known.clear()
        bare = outcome and Outcome(_bare(outcome.results), [], outcome.learned)
        _known[key] = bare, symbols, axes
    return outcome


def _bare(result: Any) -> Any:
    """A result without what else operands carry: the step that made one holds the whole file."""
    if isinstance(result, Value):
        return Value(result.dims, BLANK, result.dtype, result.contiguous)
    if isinstance(result, (tuple, list)):
        items = [_bare(each) for each in result]
        return items if isinstance(result, list) else tuple(items)
    if isinstance(result, dict):
        return {key: _bare(each) for key, each in result.items()}
    return result


def numbered(value: Any) -> Hashable | None:
    """A key of what differs in nothing but the names of its symbols and axes; None where there is none."""
    try:
        return _Numbering().of(value)
    except _Unnumbered:
        return None


def _is_plain(result: Any) -> bool:
    """Whether a result is made of nothing but what can be renamed."""
    if isinstance(result, (tuple, list)):
        return all(map(_is_plain, result))
    if isinstance(result, dict):
        return all(map(_is_plain, result.values()))
    return result.__class__ in _PLAIN or isinstance(result, (Value, Dim, int, str))


class _Numbering:
    """Symbols and axes in the order in which they occur, and arguments as keys in which these are numbers."""

    __slots__ = ("axes", "symbols")

    def __init__(self) -> None:
        self.symbols: dict[str, int] = {}
        self.axes: dict[str, Axis] = {}

    def of(self, value: Any) -> Hashable:
        """The key of a value. Raises _Unnumbered."""
        cls = value.__class__
        if cls is int or cls is str:
            return value  # type: ignore[no-any-return]
        if cls is Known or cls is Value:
            return self._tensor(value)
        if cls is Dim:
            return "length", self._length(value)
        if cls is tuple or cls is list:
            return (cls, *[self.of(each) for each in value])
        if cls is dict:
            return (cls, *value, *[self.of(each) for each in value.values()])
        if cls in _PLAIN:
            return cls, value
        if cls is slice:
            return cls, self.of(value.start), self.of(value.stop), self.of(value.step)
        if cls is Pattern:
            names = [tuple([axis.name for axis in e.axes]) for e in (*value.inputs, value.output) if e is not None]
            return (cls, value.text, *names)
        if cls is Layer and value.arguments is not None:
            return cls, value.name, self.of(value.arguments), self.of(value.parameters)
        raise _Unnumbered

    def _tensor(self, value: Value) -> Hashable:
        if value.conditions:
            raise _Unnumbered
        axes, dims = self.axes, []
        for dimension in value.dims:
            parts: list[Hashable] = []
            for axis in dimension:
                if axis.name not in axes:
                    axes[axis.name] = axis
                    parts.append(self._length(axis.size))
                else:
                    parts.append(("axis", list(axes).index(axis.name)))
            dims.append(tuple(parts))
        return Value, value.dtype, value.contiguous, *dims

    def _length(self, value: Dim) -> Hashable:
        symbols = self.symbols
        name = value.name
        if name is not None:
            return name[0] == LOOSE, symbols.setdefault(name, len(symbols))
        if value.constant is not None:
            return value.constant
        form, names = value.form
        return (form, *[(name[0] == LOOSE, symbols.setdefault(name, len(symbols))) for name in names])


class _Renaming:
    """From the symbols and axes of one outcome to those of another."""

    def __init__(self, names: list[str], old: list[Axis], symbols: list[str], new: list[Axis]) -> None:
        self.symbols = dict(zip(names, symbols, strict=True))
        self.sizes: dict[str, Dim] = {}
        self.axes = {one.name: other for one, other in zip(old, new, strict=True)}

    def outcome(self, outcome: Outcome) -> Outcome:
        learned = {
            replace(q, one=self.length(q.one), other=self.length(q.other)): a for q, a in outcome.learned.items()
        }
        return Outcome([self.result(result) for result in outcome.results], [], learned)

    def result(self, result: Any) -> Any:
        if isinstance(result, Value):
            dims = tuple([tuple([self.axis(axis) for axis in dimension]) for dimension in result.dims])
            return Value(dims, BLANK, result.dtype, result.contiguous)
        if isinstance(result, Dim):
            return self.length(result)
        if isinstance(result, (tuple, list)):
            items = [self.result(each) for each in result]
            return items if isinstance(result, list) else tuple(items)
        if isinstance(result, dict):
            return {key: self.result(each) for key, each in result.items()}
        return result

    def axis(self, axis: Axis) -> Axis:
        found = self.axes.get(axis.name)
        if found is None:
            found = self.axes[axis.name] = new_axis(self.length(axis.size), self.lineage(axis.lineage))
        return found

    def lineage(self, lineage: Lineage | None) -> Lineage | None:
        if lineage is None or lineage is COPY:
            return lineage
        axes = tuple([self.axis(axis) for axis in lineage.axes])
        return Lineage(lineage.kind, axes, self.length(lineage.start), self.length(lineage.step))

    def length(self, length: Dim) -> Dim:
        sizes, symbols = self.sizes, self.symbols
        for name in length.symbols:
            if name not in sizes:
                sizes[name] = symbol(symbols[name]) if name in symbols else renewed(name)
        return length.subs(sizes)
