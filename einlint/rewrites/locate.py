"""LibCST visitors: the calls of a module that stand at given positions."""

from __future__ import annotations

from collections.abc import Collection

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from einlint.findings import Position, Span


class CallLocator(cst.CSTVisitor):
    """Collects the calls whose code stands exactly at one of the spans."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, spans: Collection[Span]) -> None:
        super().__init__()
        self._spans = frozenset(spans)
        self.found: dict[Span, cst.Call] = {}

    def visit_FormattedString(self, node: cst.FormattedString) -> bool:  # noqa: N802 - LibCST's names
        """Nothing inside an f-string is rewritten: its positions and quotes are not ours to change."""
        return False

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802
        place = self.get_metadata(PositionProvider, node)
        start = Position(place.start.line, place.start.column + 1)
        span = Span(start, Position(place.end.line, place.end.column + 1))
        if span in self._spans:
            self.found[span] = node


class _CommentFinder(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def visit_Comment(self, node: cst.Comment) -> None:  # noqa: N802
        self.found = True


def has_comment(node: cst.CSTNode) -> bool:
    """Whether a comment stands inside a node: a rewrite would lose it."""
    finder = _CommentFinder()
    node.visit(finder)
    return finder.found


def locate(module: cst.Module, spans: Collection[Span]) -> dict[Span, cst.Call]:
    """The calls at the spans, as LibCST sees them. Columns are characters for both."""
    locator = CallLocator(spans)
    MetadataWrapper(module, unsafe_skip_copy=True).visit(locator)
    return locator.found
