"""LibCST visitors: the calls of a file that stand at given spans.

LibCST is paid for only where something is rewritten, so it reads the expressions that hold those calls, not the file.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from einlint.findings import Position, Span
from einlint.rewrites.surroundings import Surroundings


class CallLocator(cst.CSTVisitor):
    """Collects the calls whose code stands exactly at one of the spans; the text begins at `start`."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, spans: Collection[Span], start: Position) -> None:
        super().__init__()
        self._spans = frozenset(spans)
        self._start = start
        self.found: dict[Span, cst.Call] = {}

    def visit_FormattedString(self, node: cst.FormattedString) -> bool:  # noqa: N802 - LibCST's names
        """Nothing inside an f-string is rewritten: its positions and quotes are not ours to change."""
        return False

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802
        place = self.get_metadata(PositionProvider, node)
        span = Span(*(self._position(each.line, each.column) for each in (place.start, place.end)))
        if span in self._spans:
            self.found[span] = node

    def _position(self, row: int, column: int) -> Position:
        """The place in the file; the text has a bracket before its first character."""
        if row == 1:
            return Position(self._start.row, self._start.column + column - 1)
        return Position(self._start.row + row - 1, column + 1)


class _CommentFinder(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def visit_Comment(self, node: cst.Comment) -> None:  # noqa: N802
        self.found.append(node.value)


def comments_in(node: cst.CSTNode) -> list[str]:
    """The comments inside a node, in their order."""
    finder = _CommentFinder()
    node.visit(finder)
    return finder.found


def has_comment(node: cst.CSTNode) -> bool:
    """Whether a comment stands inside a node: a rewrite would lose it."""
    return bool(comments_in(node))


def locate(file: Surroundings, calls: Iterable[ast.Call]) -> dict[Span, cst.Call]:
    """The calls, as LibCST sees them, by their spans. Columns are characters for both."""
    spans = {file.source.span(call) for call in calls}
    found: dict[Span, cst.Call] = {}
    for whole in {file.source.span(file.expression(call)) for call in calls}:
        text = f"({file.between(whole)})"
        locator = CallLocator(spans, whole.start)
        try:
            module = cst.parse_module(text)
        except cst.ParserSyntaxError:
            continue
        MetadataWrapper(module, unsafe_skip_copy=True).visit(locator)
        found |= locator.found
    return found
