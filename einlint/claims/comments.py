"""Shape comments: `# (b, n, d)`, `# x: [B, T, C]`, `# b n d -> b d n`.

A comment counts only when it is nothing but a shape: most brackets in comments are sentences, code or values.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from einlint.claims.model import Claim
from einlint.claims.shapes import read_shape
from einlint.claims.strings import Axes
from einlint.comments import comments
from einlint.lazily import dataclass, regex

_LONGEST = 200
_CLOSING = (")", "]", "}")
_ARROW = regex(r"\s*(?:-+>|=+>|→)\s*")
_NAME = r"(?P<name>[^\W\d][\w.]*)"
_SIGN = r"\s*(?P<sign>:|==?|is\b)?\s*(?=[(\[])"
_PREFIXES = (
    regex(rf"(?:of\s+|input\s+|output\s+)?(?P<shape>shape)\b{_SIGN}", re.IGNORECASE),
    regex(rf"{_NAME}(?:\.|\s+)(?P<shape>shape)\b{_SIGN}", re.IGNORECASE),
    regex(rf"{_NAME}\s*(?P<sign>:)\s*(?P<shape>(?:of\s+)?shape\b\s*:?)?\s*(?=[(\[])"),
)
_BATCH_FIRST = regex(r"(?:[BbN]|bs|bsz|batch|batch_size)\s*(?:,|\s[x×]\s)")


@dataclass(frozen=True, slots=True)
class ShapeComment:
    """One comment. `column` is where the text of the claim starts, 1-based; `name` what it is about when written.

    A comment that stands `alone` is about the statement below, else about the one that it ends.
    """

    row: int
    column: int
    claim: Claim
    name: str = ""
    alone: bool = False


def read_comments(lines: Sequence[str], rows: Container[int] | None = None) -> list[ShapeComment]:
    """The shape comments of a file, of some rows only where given."""
    if not any("#" in line and _read(1, 1, line[line.rindex("#") :], False) for line in lines):
        return []
    every = {row: (column, text) for row, column, text in comments(lines)}
    alone = {row for row, (column, _) in every.items() if not lines[row - 1][: column - 1].strip()}
    found = {
        row: comment
        for row, (column, text) in every.items()
        if (comment := _read(row, column, text, row in alone)) is not None
    }
    # A shape next to a line of prose is a part of the sentence, of several without names none is the statement's.
    prose = alone - found.keys()
    unnamed = {row for row in alone & found.keys() if not found[row].name}
    kept = (c for c in found.values() if not c.alone or _stands_out(c, prose if c.name else prose | unnamed))
    return [comment for comment in kept if rows is None or comment.row in rows]


def _stands_out(comment: ShapeComment, others: Container[int]) -> bool:
    return comment.row - 1 not in others and comment.row + 1 not in others


def _read(row: int, column: int, comment: str, alone: bool) -> ShapeComment | None:
    if len(comment) > _LONGEST:
        return None
    text = comment.lstrip("#").strip().removesuffix(".").rstrip()
    if text[-1:] not in _CLOSING and not _BATCH_FIRST.match(text) and not _ARROW.search(text):
        return None
    name, shape, start = _prefix(text, alone)
    first, *others = _ARROW.split(text[start:])
    written = others if others and not first else [first, *others]
    read = [_side(side, shape, arrows=bool(others)) for side in written]
    if None in read or (name and others):
        return None
    result = written[-1]
    place = comment.index(text) + len(text) - len(result)
    return ShapeComment(row, column + place, Claim(read[-1] or (), result, source="comment"), name, alone)


def _prefix(text: str, alone: bool) -> tuple[str, bool, int]:
    """What the shape is about, whether it is called a shape, and where it begins."""
    for match in filter(None, (prefix.match(text) for prefix in _PREFIXES)):
        # `# shape = (b, n)` on a line of its own is code.
        if not (alone and match["sign"] == "="):
            return match.groupdict().get("name") or "", match["shape"] is not None, match.end()
    return "", False, 0


def _side(text: str, shape: bool, arrows: bool) -> Axes | None:
    """One side of an arrow, or the whole comment."""
    bare = arrows or _BATCH_FIRST.match(text) is not None
    return read_shape(text, sure=shape, bare=bare)
