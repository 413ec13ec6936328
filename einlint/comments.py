"""Comments of Python code that parses, found without taking the rest apart: tokenizing a file costs as much as parsing
it several times."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Sequence

from einlint.lazily import regex

_COMMENT_OR_STRING = regex(
    r'''
      \#[^\r\n]*
    | """(?:[^\\]|\\.)*?"""
    | \'\'\'(?:[^\\]|\\.)*?\'\'\'
    | "(?:[^"\\\n]|\\.)*"
    | '(?:[^'\\\n]|\\.)*'
    | ["']
    ''',
    re.DOTALL | re.VERBOSE,
)
_FORMATTED = regex(r"[fFtT][rR]?$|[rR][fFtT]$")


def comments(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Row, column and text of every comment, up to where a string does not end."""
    text = "\n".join(lines)
    if "#" not in text:
        return
    found: list[tuple[int, int, str]] = []
    row, line, place = 1, 0, 0
    for match in _COMMENT_OR_STRING.finditer(text):
        start = match.start()
        token = match[0]
        if token[0] == "#":
            row += text.count("\n", place, start)
            line = text.rfind("\n", 0, start) + 1
            place = start
            found.append((row, start - line + 1, token))
        elif len(token) == 1:
            break
        elif token.count("{") != token.count("}") and _FORMATTED.search(text[max(0, start - 2) : start]):
            yield from _tokenized(text)  # since Python 3.12 a quote may stand in an f-string of the same quotes
            return
    yield from found


def _tokenized(text: str) -> Iterator[tuple[int, int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.start[1] + 1, token.string
    except (tokenize.TokenError, SyntaxError, RecursionError):
        return
