"""Where each character of a string literal stands in the file.

`ast` gives one span for a whole literal, also for one that is escaped or concatenated, so the
literal is read again: prefix, quotes and escapes, character by character.
"""

from __future__ import annotations

import re
import unicodedata

from einlint.findings import Position, Span
from einlint.lazily import regex

_START = regex(r"([A-Za-z]{0,2})('''|\"\"\"|'|\")")
_ESCAPE = regex(r"\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{2}|N\{[^}]*\}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_SIMPLE = dict(zip("\\'\"abfnrtv", "\\'\"\a\b\f\n\r\t\v", strict=True))

Characters = list[tuple[str, Span]]


def literal_characters(lines: list[str], span: Span) -> Characters | None:
    """The characters of the string literal at `span`, each with its place; None if it cannot be read.

    Handles prefixes, all quotes, escapes, line continuations and implicit concatenation across
    lines and comments. f-strings are not read.
    """
    cursor, end = span.start, span.end
    characters: Characters = []
    while cursor < end and cursor.row <= len(lines):
        line = lines[cursor.row - 1]
        rest = line[cursor.column - 1 :]
        blank = len(rest) - len(rest.lstrip(" \t\f"))
        if blank == len(rest) or rest[blank] in "#\\":
            cursor = Position(cursor.row + 1, 1)
            continue
        token = _START.match(rest, blank)
        if token is None or set(token[1].lower()) & set("fbt"):
            return None
        opening = Position(cursor.row, cursor.column + token.end())
        closed = _read(lines, opening, token[2], "r" in token[1].lower(), characters)
        if closed is None:
            return None
        cursor = closed
    return characters


def _read(lines: list[str], start: Position, quote: str, raw: bool, out: Characters) -> Position | None:
    """Append the characters from `start` up to the closing quote; the position after it."""
    row, column = start
    while row <= len(lines):
        line = lines[row - 1]
        index = column - 1
        while index < len(line):
            if line.startswith(quote, index):
                return Position(row, index + 1 + len(quote))
            taken, text = _next(line, index, raw)
            width = 1 if len(text) == taken else taken
            for offset, char in enumerate(text):
                first = index + 1 + (offset if width == 1 else 0)
                out.append((char, Span(Position(row, first), Position(row, first + width))))
            index += taken
        if raw or not _continues(line):
            out.append(("\n", Span(Position(row, len(line) + 1), Position(row + 1, 1))))
        row, column = row + 1, 1
    return None


def _next(line: str, index: int, raw: bool) -> tuple[int, str]:
    """How many source characters the next piece takes and what text it stands for."""
    if line[index] != "\\":
        return 1, line[index]
    if raw:
        return (2, line[index : index + 2]) if index + 1 < len(line) else (1, "\\")
    if index + 1 == len(line):
        return 1, ""
    escape = _ESCAPE.match(line, index)
    assert escape is not None
    return len(escape[0]), _unescape(escape[0])


def _continues(line: str) -> bool:
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _unescape(escape: str) -> str:
    kind, digits = escape[1], escape[2:]
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if kind in "01234567":
        return chr(int(escape[1:], 8))
    if kind == "N" and digits:
        return unicodedata.lookup(digits[1:-1])
    if kind in "xuU" and digits:
        return chr(int(digits, 16))
    return escape


def spans_of(lines: list[str], span: Span, value: str) -> list[Span] | None:
    """A span for every character of `value`, the text of the literal at `span`; None if they disagree."""
    characters = literal_characters(lines, span)
    if characters is None or "".join(char for char, _ in characters) != value:
        return None
    return [place for _, place in characters]
