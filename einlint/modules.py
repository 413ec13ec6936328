"""The module that a file holds, be it Python or a notebook: its code as one text, and edits to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import NamedTuple

from einlint.findings import Edit, Position, Span
from einlint.lazily import dataclass
from einlint.notebook_cells import cell_texts, with_texts
from einlint.notebooks import read_notebook
from einlint.source import Source, decode, encoding_of, line_ends, parse, read, split_lines


class Place(NamedTuple):
    """A stretch of a file; the rows of a notebook are counted in a cell."""

    cell: int | None
    span: Span

    def overlaps(self, other: Place) -> bool:
        """Whether two places have something in common, or are insertions at one position."""
        one, two = self.span, other.span
        return self.cell == other.cell and (one == two or one.start < two.end and two.start < one.end)


@dataclass(frozen=True)
class Module:
    """`text` is the code of all cells; `before` says how many of its rows come before a cell."""

    source: Source
    text: str
    before: Mapping[int | None, int] = field(default_factory=dict)
    written: Sequence[str] = ()

    def rows(self, cell: int | None) -> range:
        """The rows of the text that a cell has, all of them where there are no cells."""
        first = self.before.get(cell, 0)
        later = [before for before in self.before.values() if before > first]
        return range(first + 1, min(later, default=len(self.source.lines)) + 1)

    def span(self, place: Place) -> Span | None:
        """The place in the text; None where a magic command is replaced by Python there."""
        shift = self.before.get(place.cell, 0)
        start, end = (Position(row + shift, column) for row, column in place.span)
        rows = slice(start.row - 1, end.row)
        return Span(start, end) if not self.written or self.written[rows] == self.source.lines[rows] else None


def module_of(data: bytes, path: str) -> Module | None:
    """The module of a file, None where it cannot be parsed."""
    if path.endswith(".ipynb"):
        return _of_notebook(data, path)
    source = read(data, path)
    return Module(source, decode(data)) if isinstance(source, Source) else None


def _of_notebook(data: bytes, path: str) -> Module | None:
    try:
        notebook, texts = read_notebook(data), cell_texts(data)
    except ValueError:
        return None
    text = "\n".join(notebook.lines)
    source = parse(text, path, cells=True)
    if not isinstance(source, Source):
        return None
    before: dict[int | None, int] = {cell: k for k, (cell, row) in enumerate(notebook.cells) if row == 1}
    rows = {cell: split_lines(text) for cell, text in texts.items()}
    return Module(source, text, before, [rows[cell][row - 1] for cell, row in notebook.cells])


def edited(data: bytes, path: str, edits: Iterable[tuple[int | None, Edit]]) -> bytes:
    """The content with edits applied; line ends, encoding and the form of a notebook stay."""
    by_cell: dict[int | None, list[Edit]] = {}
    for cell, edit in edits:
        by_cell.setdefault(cell, []).append(edit)
    if None in by_cell:
        return _applied(decode(data), by_cell[None]).encode(encoding_of(data))
    texts = cell_texts(data)
    return with_texts(data, {cell: _applied(texts[cell], some) for cell, some in by_cell.items() if cell is not None})


def _applied(text: str, edits: Sequence[Edit]) -> str:
    starts = [0, *line_ends(text)]
    for edit in sorted(edits, key=lambda e: (e.span, not e.shared, e.content), reverse=True):
        first, last = (starts[row - 1] + column - 1 for row, column in edit.span)
        text = text[:first] + edit.content + text[last:]
    return text
