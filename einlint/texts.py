"""The texts a pattern argument can have, and where each of their characters stands.

Literals, constants of the module or class, concatenation, f-strings of constants and both arms of
an if-expression are evaluated; anything else has no text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from einlint.findings import Span
from einlint.literals import spans_of
from einlint.names import Binding, BindingKind, Names, Scope
from einlint.source import Source

_MOST_TEXTS = 16
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the node it comes from; a literal node gives every character its place."""

    text: str
    node: ast.expr
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """One text. `choices` are the arms taken: the condition's source form and its truth."""

    pieces: tuple[Piece, ...]
    choices: frozenset[tuple[str, bool]] = frozenset()

    @property
    def value(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    def span(self, source: Source, start: int, end: int) -> Span:
        """The span of the characters from `start` to `end`; of the whole argument when that is empty."""
        places = [place for piece in self.pieces for place in _places(source, piece)]
        chosen = places[start:end] if start < end else places
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

    def texts(self, node: ast.expr, scope: Scope) -> list[Text]:
        """Every text that `node` can have; none when it is not constant."""
        return self._texts(node, scope, 0) or []

    def _texts(self, node: ast.expr, scope: Scope, depth: int) -> list[Text] | None:
        if isinstance(node, ast.Constant):
            return [Text((Piece(node.value, node, literal=True),))] if isinstance(node.value, str) else None
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return _joined(self._texts(side, scope, depth + 1) for side in (node.left, node.right))
        if isinstance(node, ast.JoinedStr):
            return _placed_at(node, _joined(self._hole(part, scope, depth) for part in node.values))
        if isinstance(node, ast.IfExp):
            return self._arms(node, scope, depth)
        value = self._constant(node, scope)
        return None if value is None else _placed_at(node, self._texts(*value, depth + 1))

    def _hole(self, part: ast.expr, scope: Scope, depth: int) -> list[Text] | None:
        if not isinstance(part, ast.FormattedValue):
            return self._texts(part, scope, depth + 1)
        if part.format_spec is not None or part.conversion not in (-1, ord("s")):
            return None
        if isinstance(part.value, ast.Constant) and type(part.value.value) is int:
            return [Text((Piece(str(part.value.value), part.value),))]
        return self._texts(part.value, scope, depth + 1)

    def _arms(self, node: ast.IfExp, scope: Scope, depth: int) -> list[Text] | None:
        condition = ast.dump(node.test)
        found = []
        for arm, truth in ((node.body, True), (node.orelse, False)):
            texts = self._texts(arm, scope, depth + 1)
            if texts is None:
                return None
            found += [Text(t.pieces, t.choices | {(condition, truth)}) for t in texts]
        return found

    def _constant(self, node: ast.expr, scope: Scope) -> tuple[ast.expr, Scope] | None:
        """The one expression a name or class attribute is bound to, and its scope."""
        if isinstance(node, ast.Name):
            return _only_value(scope.owner(node.id), node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            holder = scope.enclosing_class if node.value.id in ("self", "cls") else None
            if holder is not None and node.attr not in self._names.stored_attributes:
                return _only_value(holder, node.attr)
        return None


def _only_value(owner: Scope | None, name: str) -> tuple[ast.expr, Scope] | None:
    if owner is None:
        return None
    bindings: list[Binding] = owner.bindings.get(name, [])
    if len(bindings) != 1 or bindings[0].kind is not BindingKind.VALUE or bindings[0].value is None:
        return None
    return bindings[0].value, owner


def _joined(parts: Iterable[list[Text] | None]) -> list[Text] | None:
    """Every consistent way to put one text of each part after the other."""
    gathered = []
    count = 1
    for part in parts:
        if part is None:
            return None
        gathered.append(part)
        count *= len(part)
        if count > _MOST_TEXTS:
            return None
    texts = []
    for combination in product(*gathered):
        choices = frozenset().union(*(t.choices for t in combination))
        if len({condition for condition, _ in choices}) == len(choices):
            texts.append(Text(tuple(p for t in combination for p in t.pieces), choices))
    return texts


def _placed_at(node: ast.expr, texts: list[Text] | None) -> list[Text] | None:
    """The same texts, all of whose characters stand at `node`."""
    return texts and [Text((Piece(t.value, node),), t.choices) for t in texts]


def conditions(texts: Iterable[Text]) -> frozenset[str]:
    """The different conditions that decide between texts."""
    return frozenset(condition for text in texts for condition, _ in text.choices)
