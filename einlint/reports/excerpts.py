"""Source lines with line numbers, and carets under a span."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from unicodedata import category, east_asian_width

from einlint.findings import Span
from einlint.reports.styles import Style
from einlint.source import decode, split_lines

CONTEXT = 2
"""Lines shown before and after."""

_TAB = "    "
_MARGIN, _LONG = 80, 200


class Lines:
    """The lines of a file, or of the cells of a notebook, read when they are needed."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.of_cell = cache(self._of_cell)

    def _of_cell(self, cell: int | None) -> Sequence[str]:
        """Lines that rows count in; none where the content cannot be read."""
        try:
            return split_lines(decode(self._data) if cell is None else self._cell(cell))
        except (ValueError, LookupError, TypeError, SyntaxError, RecursionError):
            return ()

    def _cell(self, cell: int) -> str:
        source = json.loads(self._data)["cells"][cell - 1]["source"]
        return source if isinstance(source, str) else "".join(source)


def excerpt(lines: Sequence[str], span: Span, style: Style) -> Iterator[str]:
    """The rows around the start of a span; nothing for a finding about the file as a whole."""
    (row, column), end = span
    if row > len(lines) or span == ((1, 1), (1, 1)):
        return
    first, last = max(row - CONTEXT, 1), min(row + CONTEXT, len(lines))
    width = len(str(last))
    stop = end.column if end.row == row else len(lines[row - 1].rstrip()) + 1
    yield _line("", "", width, style)
    for number in range(first, last + 1):
        line, cut = lines[number - 1], 0
        if len(line) > _LONG:
            cut = max(column - 1 - _MARGIN, 0) if number == row else 0
            line = line[cut : cut + _LONG]
        yield _line(str(number), _visible(line), width, style)
        if number == row:
            yield _line("", _carets(line, column - 1 - cut, stop - 1 - cut, style), width, style)
    yield _line("", "", width, style)


def _line(number: str, text: str, width: int, style: Style) -> str:
    return f"{style('gutter', number.rjust(width) + ' |')} {text}".rstrip() + "\n"


def _carets(line: str, start: int, stop: int, style: Style) -> str:
    return " " * _width(line[:start]) + style("mark", "^" * max(_width(line[start:stop]), 1))


def _visible(text: str) -> str:
    """What to print for it: a control character would move the cursor."""
    return text if text.isprintable() else "".join(map(_harmless, text))


def _harmless(character: str) -> str:
    if character == "\t":
        return _TAB
    return "\N{REPLACEMENT CHARACTER}" if category(character) == "Cc" else character


def _width(text: str) -> int:
    """Columns that a terminal gives to it."""
    return len(text) if text.isascii() and text.isprintable() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if character == "\t":
        return len(_TAB)
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
