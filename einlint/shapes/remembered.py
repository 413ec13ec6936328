"""What operations gave, remembered: operands that differ in nothing but names give results that differ in nothing but
names.

The operands of an operation are numbered: symbols and axes in the order in which they occur. Where the same operation
met operands of the same numbering, its outcome is the one from there, with these symbols and axes instead, and with
new ones for those that the operation made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from typing import Any

from einlint.dimensions import Dim, symbol
from einlint.operations.dtypes import DtypeName
from einlint.operations.layers import Layer
from einlint.patterns.model import Pattern
from einlint.program.deciding import Query
from einlint.program.terms import COPY, Axis, Lineage, new_axis
from einlint.program.value import BLANK, Value
from einlint.shapes.assuming import Outcome, explore
from einlint.shapes.objects import LOOSE, Known, renewed

_MOST_REMEMBERED = 4096
_PLAIN: frozenset[type] = frozenset({bool, float, type(None), type(...), DtypeName})
_known: dict[Hashable, tuple[Outcome | None, list[str], list[str]]] = {}


class _Unnumbered(Exception):
    """A value that is not numbered."""


def outcome_of(operation: Callable[..., Any], arguments: tuple[Any, ...]) -> Outcome | None:
    """`explore` of an operation with these arguments; what is refused is tried again, its reason names the sizes."""
    numbering = _Numbering()
    try:
        for each in arguments:
            numbering.add(each)
        key = (operation, *numbering.tokens)
        remembered = _known.get(key)
    except (_Unnumbered, TypeError):
        return explore(lambda: operation(*arguments))
    if remembered is not None:
        outcome, symbols, axes = remembered
        return outcome and _Renaming(symbols, axes, numbering).outcome(outcome)
    outcome = explore(lambda: operation(*arguments))
    if outcome is None or outcome.results and all(map(_is_plain, outcome.results)):
        if len(_known) >= _MOST_REMEMBERED:
            _known.clear()
        bare = outcome and Outcome(_bare(outcome.results), [], outcome.learned)
        _known[key] = bare, list(numbering.symbols), list(numbering.places)
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
    numbering = _Numbering()
    try:
        numbering.add(value)
    except _Unnumbered:
        return None
    return tuple(numbering.tokens)


def _is_plain(result: Any) -> bool:
    """Whether a result is made of nothing but what can be renamed."""
    if isinstance(result, (tuple, list)):
        return all(map(_is_plain, result))
    if isinstance(result, dict):
        return all(map(_is_plain, result.values()))
    return result.__class__ in _PLAIN or isinstance(result, (Value, Dim, int, str))


class _Numbering:
    """Symbols and axes in the order in which they occur, and arguments as one row of tokens in which these are numbers.

    What begins with a class or a count says how many tokens follow, so different arguments never give the same row.
    """

    __slots__ = ("axes", "places", "symbols", "tokens")

    def __init__(self) -> None:
        self.tokens: list[Hashable] = []
        self.symbols: dict[str, int] = {}
        self.places: dict[str, int] = {}
        self.axes: list[Axis] = []

    def add(self, value: Any) -> None:
        """Add the tokens of a value. Raises _Unnumbered."""
        cls = value.__class__
        if cls is int or cls is str:
            self.tokens.append(value)
        elif cls is Known or cls is Value:
            self._add_tensor(value)
        elif cls is Dim:
            self.tokens.append(Dim)
            self._add_length(value)
        elif cls is tuple or cls is list:
            self._add_all(cls, value)
        elif cls is dict:
            self._add_all(tuple, tuple(value))
            self._add_all(dict, value.values())
        elif cls in _PLAIN:
            self.tokens += cls, value
        elif cls is slice:
            self._add_all(slice, (value.start, value.stop, value.step))
        elif cls is Pattern:
            names = [tuple([axis.name for axis in e.axes]) for e in (*value.inputs, value.output) if e is not None]
            self.tokens += Pattern, value.text, tuple(names)
        elif cls is Layer and value.arguments is not None:
            self.tokens += Layer, value.name
            self.add(value.arguments)
            self.add(value.parameters)
        else:
            raise _Unnumbered

    def _add_all(self, cls: type, values: Collection[Any]) -> None:
        self.tokens += cls, len(values)
        for each in values:
            self.add(each)

    def _add_tensor(self, value: Value) -> None:
        if value.conditions:
            raise _Unnumbered
        tokens, places = self.tokens, self.places
        tokens += Value, value.dtype, value.contiguous, len(value.dims)
        for dimension in value.dims:
            tokens.append(len(dimension))
            for axis in dimension:
                if axis.name in places:
                    tokens += Axis, places[axis.name]
                else:
                    places[axis.name] = len(places)
                    self.axes.append(axis)
                    self._add_length(axis.size)

    def _add_length(self, value: Dim) -> None:
        name = value.name
        if name is not None:
            self._add_symbol(name)
        elif value.constant is not None:
            self.tokens += int, value.constant
        else:
            form, names = value.form
            self.tokens.append(form)
            for each in names:
                self._add_symbol(each)

    def _add_symbol(self, name: str) -> None:
        """A new symbol adds whether it is a length, one that was met its number."""
        symbols = self.symbols
        if name in symbols:
            self.tokens += Dim, symbols[name]
        else:
            symbols[name] = len(symbols)
            self.tokens.append(name[0] == LOOSE)


class _Renaming:
    """From the symbols and axes of one outcome to those of another."""

    def __init__(self, symbols: Iterable[str], axes: Iterable[str], other: _Numbering) -> None:
        self.symbols = dict(zip(symbols, other.symbols, strict=True))
        self.axes = dict(zip(axes, other.axes, strict=True))
        self.sizes: dict[str, Dim] = {}

    def outcome(self, outcome: Outcome) -> Outcome:
        learned = [Query(each.kind, self.length(each.one), self.length(each.other)) for each in outcome.learned]
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
