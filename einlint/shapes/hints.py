"""Words in brackets that may be the axes of a tensor: weaker than a claim, and only compared with other words.

`adj = adj / deg  # (dst, src)`, a docstring that begins `x (b, n, d), gate (b, d)`, or the same in comments above the
first statement. What inference makes of shapes never follows from a hint; a pattern that has the very same words in
another order contradicts it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from einlint.dimensions import Dim
from einlint.lazily import regex
from einlint.names import parameters

_WORD = r"[A-Za-z_]\w*(?:\s*\*\s*\w+)*|\d+"
_LIST = rf"\(\s*(?P<words>(?:{_WORD})(?:\s*,\s*(?:{_WORD}))+)\s*\)"
_COMMENT = regex(rf"#\s*(?:shape\s*:?\s*)?{_LIST}\s*\.?\s*$")
_WORDS = regex(_LIST)
_NAMES = r"(?P<names>[A-Za-z_]\w*(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)[A-Za-z_]\w*)*)"
_ENTRY = regex(rf"{_NAMES}\s*:?\s*(?P<list>list of\s+)?{_LIST}")


class Hint(NamedTuple):
    """The words for the axes of a tensor, where they stand, and whether they are about each element of a list.

    `how` ends a sentence about where they come from; `sizes` are lengths that are known without the words.
    """

    words: tuple[str, ...]
    row: int
    of_elements: bool = False
    how: str = "said there"
    sizes: tuple[Dim, ...] = ()


def comment_hint(line: str, row: int) -> Hint | None:
    """The words of a comment that is nothing but a list in brackets."""
    match = _COMMENT.search(line)
    return None if match is None else Hint(_words(match), row)


def parameter_hints(
    node: ast.FunctionDef | ast.AsyncFunctionDef, docstring: str, lines: Sequence[str]
) -> dict[str, Hint]:
    """The words for each parameter, of a docstring or of comments above the first statement: the first for each."""
    names = {each.arg for each in parameters(node.args)}
    found: dict[str, Hint] = {}
    for text, row in _introduction(node, docstring, lines):
        for match in _entries(text):
            for name in re.findall(r"\w+", match["names"]):
                if name in names:
                    found.setdefault(name, Hint(_words(match), row, match["list"] is not None))
    return found


def _introduction(
    node: ast.FunctionDef | ast.AsyncFunctionDef, docstring: str, lines: Sequence[str]
) -> Iterator[tuple[str, int]]:
    """The docstring of a function and the comments between its head and its first statement, with their rows."""
    first = node.body[0]
    if "(" in docstring:
        yield docstring, first.lineno
    if docstring and len(node.body) > 1:
        first = node.body[1]
    for row in range(first.lineno - 1, node.lineno, -1):
        line = lines[row - 1].strip()
        if line.startswith("#") and "(" in line:
            yield line, row
        elif line and not line.startswith("#"):
            return


def _entries(text: str) -> Iterator[re.Match[str]]:
    """What `_ENTRY` matches, looked for only where a list in brackets stands."""
    end = 0
    for words in _WORDS.finditer(text):
        start = words.start()
        while start > end and (text[start - 1].isalnum() or text[start - 1].isspace() or text[start - 1] in "_,:"):
            start -= 1
        match = _ENTRY.search(text, start, words.end())
        if match is not None:
            end = match.end()
            yield match


def _words(match: re.Match[str]) -> tuple[str, ...]:
    return tuple("".join(word.split()) for word in match["words"].split(","))
