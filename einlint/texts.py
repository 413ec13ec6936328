"""The texts a pattern argument can have, and where each of their characters stands.

Literals, constants of the module or class, concatenation, f-strings of constants and both arms of
an if-expression are evaluated; anything else has no text.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from dataclasses import field
from itertools import product
from typing import NamedTuple

from einlint.findings import Span
from einlint.lazily import cached, dataclass
from einlint.literals import spans_of
from einlint.names import BindingKind, Names, Scope, last_name, literal
from einlint.source import Source

_MOST_TEXTS = 16
_MOST_CHARACTERS = 10_000
_DEEPEST = 10


class Piece(NamedTuple):
    """A stretch of text and the node it comes from; a literal node gives every character its place."""

    text: str
    node: ast.expr
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """One text. `choices` are the arms taken: the condition's source form and its truth.

    `places` are the spans of its characters, filled in by the first question for one.
    """

    pieces: tuple[Piece, ...]
    choices: frozenset[tuple[str, bool]] = frozenset()
    places: list[Span] = field(default_factory=list, repr=False, compare=False)

    @property
    def value(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    def span(self, source: Source, start: int, end: int) -> Span:
        """The span of the characters from `start` to `end`; of the whole argument when that is empty."""
        if not self.places:
            self.places.extend(place for piece in self.pieces for place in _places(source, piece))
        chosen = self.places[start:end] if start < end else self.places
        if not chosen:
            return source.span(self.pieces[0].node)
        first, last = min(p.start for p in chosen), max(p.end for p in chosen)
        return Span(first, last)


def _places(source: Source, piece: Piece) -> list[Span]:
    whole = source.span(piece.node)
    exact = spans_of(source.lines, whole, piece.text) if piece.literal else None
    return exact or [whole] * len(piece.text)


class Evaluator:
    """Evaluates pattern arguments of one file."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[tuple[ast.expr, bool], list[Text] | None] = {}

    def texts(self, node: ast.expr, scope: Scope) -> list[Text]:
        """Every text that `node` can have; none when it is not constant."""
        return self._texts(node, scope, 0) or []

    def _texts(self, node: ast.expr, scope: Scope, depth: int, numbers: bool = False) -> list[Text] | None:
        """`numbers` says whether an integer is a text: in an f-string it is."""
        if isinstance(node, ast.Constant):
            is_text = isinstance(node.value, str) or numbers and _is_number(node.value)
            return [Text((Piece(str(node.value), node, literal=True),))] if is_text else None
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return _joined(self._texts(term, scope, depth + 1) for term in _terms(node))
        if isinstance(node, ast.JoinedStr):
            return _placed_at(node, _joined(self._hole(part, scope, depth) for part in node.values))
        if isinstance(node, ast.IfExp):
            return self._arms(node, scope, depth, numbers)
        bound = self._constant(node, scope)
        return None if bound is None else _placed_at(node, self._bound(*bound, depth, numbers))

    def _bound(self, value: ast.expr, scope: Scope, depth: int, numbers: bool) -> list[Text] | None:
        """The texts of the value of a constant, read once however often it is used."""
        key = value, numbers
        if key not in self._known:
            self._known[key] = None
            self._known[key] = self._texts(value, scope, depth + 1, numbers)
        return self._known[key]

    def _hole(self, part: ast.expr, scope: Scope, depth: int) -> list[Text] | None:
        if not isinstance(part, ast.FormattedValue):
            return self._texts(part, scope, depth + 1)
        if part.format_spec is not None or part.conversion not in (-1, ord("s")):
            return None
        return self._texts(part.value, scope, depth + 1, numbers=True)

    def _arms(self, node: ast.IfExp, scope: Scope, depth: int, numbers: bool) -> list[Text] | None:
        condition = _written(node.test)
        found = []
        for arm, truth in ((node.body, True), (node.orelse, False)):
            texts = self._texts(arm, scope, depth + 1, numbers)
            if texts is None:
                return None
            possible = (t for t in texts if (condition, not truth) not in t.choices)
            found += [Text(t.pieces, t.choices | {(condition, truth)}) for t in possible]
        return found if len(found) <= _MOST_TEXTS else None

    def _constant(self, node: ast.expr, scope: Scope) -> tuple[ast.expr, Scope] | None:
        """The one expression a name or class attribute is bound to, and its scope."""
        if isinstance(node, ast.Name):
            return _only_value(scope.owner(node.id), node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and self._is_never_set(node.attr):
            found = _only_value(self._class(node.value.id, node.attr, scope), node.attr)
            return None if found is None or literal(found[0]) == "" else found  # a subclass elsewhere fills it in
        return None

    def _class(self, name: str, attribute: str, scope: Scope) -> Scope | None:
        """The class that `name.attribute` is read from; of `self` only if no class of the file may override it."""
        if name in ("self", "cls"):
            return scope.enclosing_class if self._classes_with[attribute] == 1 else None
        named = self._names.classes.get(name, [])
        bound = scope.owner(name) is scope.module and len(scope.module.bindings[name]) == 1
        return named[0] if bound and len(named) == 1 and named[0].parent is scope.module else None

    @cached
    def _classes_with(self) -> Counter[str]:
        """How many classes bind each attribute."""
        return Counter(name for named in self._names.classes.values() for scope in named for name in scope.bindings)

    def _is_never_set(self, attribute: str) -> bool:
        return attribute not in self._names.stored_attributes and self._set_by_name.isdisjoint((attribute, None))

    @cached
    def _set_by_name(self) -> set[str | None]:
        """Attributes that `setattr` assigns, with None for one whose name is computed."""
        return {
            literal(call.args[1]) if len(call.args) > 1 else None
            for call, _ in self._names.calls
            if last_name(call.func) in ("setattr", "__setattr__")
        }


def _only_value(owner: Scope | None, name: str) -> tuple[ast.expr, Scope] | None:
    if owner is None:
        return None
    bindings = owner.bindings.get(name, [])
    if len(bindings) != 1 or bindings[0].kind is not BindingKind.VALUE or bindings[0].value is None:
        return None
    return bindings[0].value, owner


def _is_number(value: object) -> bool:
    """Whether a value is an integer of a length that Python prints."""
    return type(value) is int and value.bit_length() <= 64


def _terms(node: ast.expr) -> list[ast.expr]:
    """The operands of a chain of `+`, however long."""
    terms = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        terms.append(node.right)
        node = node.left
    return [node, *reversed(terms)]


def _written(condition: ast.expr) -> str:
    """What a condition is recognised by."""
    try:
        return ast.dump(condition)
    except RecursionError:
        return f"{condition.lineno}:{condition.col_offset}"


def _joined(parts: Iterable[list[Text] | None]) -> list[Text] | None:
    """Every consistent way to put one text of each part after the other, unless that is too much."""
    gathered = []
    count, length = 1, 0
    for part in parts:
        if part is None:
            return None
        gathered.append(part)
        count *= len(part)
        length += max(len(text.value) for text in part)
        if count > _MOST_TEXTS or length > _MOST_CHARACTERS:
            return None
    return [text for texts in product(*gathered) if (text := _concatenated(texts)) is not None]


def _concatenated(texts: tuple[Text, ...]) -> Text | None:
    """The texts in a row; None when they take both arms of one condition."""
    choices = frozenset(choice for text in texts for choice in text.choices)
    if len({condition for condition, _ in choices}) < len(choices):
        return None
    return Text(tuple(piece for text in texts for piece in text.pieces), choices)


def _placed_at(node: ast.expr, texts: list[Text] | None) -> list[Text] | None:
    """The same texts, all of whose characters stand at `node`."""
    return texts and [Text((Piece(t.value, node),), t.choices) for t in texts]


def conditions(texts: Iterable[Text]) -> frozenset[str]:
    """The different conditions that decide between texts."""
    return frozenset(condition for text in texts for condition, _ in text.choices)
