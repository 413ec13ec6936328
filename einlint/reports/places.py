"""Where findings are, in the words of every report."""

from __future__ import annotations

import os
from functools import cache

from einlint.findings import Position
from einlint.lazily import regex

RULES_URL = "https://github.com/einlint/einlint/blob/main/docs/rules"

_CONTROL = regex("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def url_of(name: str) -> str:
    """The documentation of a rule."""
    return f"{RULES_URL}/{name}.md"


@cache
def shown(path: str) -> str:
    """A path as a reader in the current folder writes it."""
    return printable(path.removeprefix(os.path.join(os.getcwd(), "")))


def place(path: str, position: Position, cell: int | None) -> str:
    """`path:row:column`, with the cell of a notebook."""
    middle = "" if cell is None else f":cell {cell}"
    return f"{shown(path)}{middle}:{position.row}:{position.column}"


def printable(text: str) -> str:
    """Text on one line that no terminal takes for a command."""
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)
