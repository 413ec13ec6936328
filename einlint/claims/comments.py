"""Shape comments: `# (b, n, d)`, `# x: [B, T, C]`, `# b n d -> b d n`.

A comment counts only when it is nothing but a shape: most brackets in comments are sentences, code or values.
"""

from __future__ import annotations

import re

from einlint.claims.model import Claim
from einlint.claims.shapes import read_shape
from einlint.claims.strings import Axes
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
    """One comment. `column` is where the text of the claim starts, 1-based; `name` what it is about when written."""

    row: int
    column: int
    claim: Claim
    name: str = ""


def read_comment(line: str, row: int, end: int) -> ShapeComment | None:
    """The shape comment that follows a statement which ends before column `end` of its last line."""
    comment = line[end - 1 :].lstrip()
    if not comment.startswith("#") or len(comment) > _LONGEST:
        return None
    text = comment.lstrip("#").strip().removesuffix(".").rstrip()
    if text[-1:] not in _CLOSING and not _BATCH_FIRST.match(text) and not _ARROW.search(text):
        return None
    name, shape, start = _prefix(text)
    first, *others = _ARROW.split(text[start:])
    written = others if others and not first else [first, *others]
    read = [_side(side, shape, arrows=bool(others)) for side in written]
    if None in read or (name and others):
        return None
    result = written[-1]
    place = len(line) - len(comment) + comment.index(text) + len(text) - len(result)
    return ShapeComment(row, 1 + place, Claim(read[-1] or (), result, source="comment"), name)


def _prefix(text: str) -> tuple[str, bool, int]:
    """What the shape is about, whether it is called a shape, and where it begins."""
    match = next(filter(None, (prefix.match(text) for prefix in _PREFIXES)), None)
    if match is None:
        return "", False, 0
    return match.groupdict().get("name") or "", match["shape"] is not None, match.end()


def _side(text: str, shape: bool, arrows: bool) -> Axes | None:
    """One side of an arrow, or the whole comment."""
    bare = arrows or _BATCH_FIRST.match(text) is not None
    return read_shape(text, sure=shape, bare=bare)
