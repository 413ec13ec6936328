"""Shapes in docstrings: `x: (b, n, d)`, `x (Tensor of shape (b, n)): ...`, `x : array, shape (n, d)`.

Google, numpy and Sphinx styles. An entry with two shapes, or about a list of tensors, says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from itertools import pairwise

from einlint.claims.model import Claim
from einlint.claims.shapes import read_shape
from einlint.lazily import regex

RETURN = "return"

_PARAMETERS = frozenset("args arguments parameters params inputs input shape shapes".split()) | {"keyword args"}
_RETURNS = frozenset("returns return".split())
_HEADER = regex(r"(?P<title>[A-Za-z]+(?: [A-Za-z]+)?)\s*:?\s*")
_RETURNED = regex(r"Returns?:\s+(?P<text>\S.*)")
_ENTRY = regex(r"(?:[-*]\s+)?`?\**(?P<name>[^\W\d]\w*)`?\s*(?P<text>[:(].*)")
_SPHINX = regex(r":(?:param(?:eter)?\s+(?:[^:]*\s)?\**(?P<name>\w+)|(?P<returns>returns?)):\s*(?P<text>.*)")

_BRACKETED = r"(?P<shape>\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\])"
_CALLED = regex(rf"\bshaped?\b\s*(?:of\b|is\b|:|=)?\s*{_BRACKETED}", re.IGNORECASE)
_LEADING = regex(rf"(?:[\w.]*(?:tensor|array)\s*)?(?:\([\w. |,\[\]*]*\))?\s*:?\s*{_BRACKETED}", re.IGNORECASE)
_SEVERAL = regex(
    r"\b(?:lists?|tuples?|dict\w*|sequences?|iterables?|each|containing|pairs?|collections?|batch of|generators?)\b",
    re.IGNORECASE,
)
_OF_ANOTHER = regex(
    r"\b(?:for|to|from|by|which|that|where|when|if|attribute|with respect)\b|[.;](?:\s|$)", re.IGNORECASE
)
_CONDITIONAL = regex(r"\b(?:if|when|where|or|otherwise|else|unless|may|can|could)\b", re.IGNORECASE)
_LIST = regex(_BRACKETED)
_END = regex(r"\.\s|\)\s*:\s")
_MARKUP = regex(r":math:|`|\\")


def read_docstring(text: str, names: Container[str] | None = None) -> dict[str, Claim]:
    """The claim of each parameter, as named there, and of the result under `return`: of some names only where given."""
    entries: dict[str, str] = {}
    for name, entry in _entries(text.expandtabs().splitlines()):
        entries[name] = "" if name in entries else entry
    read = {name: _read(entry) for name, entry in entries.items() if names is None or name in names}
    return {name: claim for name, claim in read.items() if claim is not None}


def _entries(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The name and the text of every entry."""
    row = 0
    while row < len(lines):
        line = lines[row].strip()
        title = _title(lines, row)
        if match := _SPHINX.fullmatch(line):
            row, rest = _block(lines, row + 1, _indent(lines[row]) + 1)
            yield match["name"] or RETURN, " ".join([match["text"], *map(str.strip, rest)])
        elif match := _RETURNED.fullmatch(line):
            row, rest = _block(lines, row + 1, _indent(lines[row]) + 1)
            yield RETURN, " ".join([match["text"], *map(str.strip, rest)])
        elif title in _PARAMETERS or title in _RETURNS:
            row, body = _section(lines, row)
            entries = list(_section_entries(body))
            if title in _PARAMETERS:
                yield from entries
            elif len(entries) < 2:  # else the result is a tuple of them
                yield RETURN, " ".join(map(str.strip, body))
        else:
            row += 1


def _title(lines: Sequence[str], row: int) -> str:
    """The title of a section that starts here: it ends with a colon or is underlined."""
    match = _HEADER.fullmatch(lines[row].strip())
    if match is None or not (lines[row].rstrip().endswith(":") or _is_underlined(lines, row)):
        return ""
    return match["title"].lower()


def _is_underlined(lines: Sequence[str], row: int) -> bool:
    return row + 1 < len(lines) and set(lines[row + 1].strip()) in ({"-"}, {"="})


def _section(lines: Sequence[str], row: int) -> tuple[int, list[str]]:
    """The row after a section and the lines below its title."""
    if not _is_underlined(lines, row):
        return _block(lines, row + 1, _indent(lines[row]) + 1, blank=True)
    end, body = _block(lines, row + 2, _indent(lines[row]), blank=True)
    titled = next((r for r in range(row + 2, end) if _is_underlined(lines, r)), end)
    return titled, body[: titled - row - 2]


def _block(lines: Sequence[str], row: int, least: int, *, blank: bool = False) -> tuple[int, list[str]]:
    """The lines from `row` on that are indented by at least so much; blank ones end the block unless told."""
    start = row
    while row < len(lines) and (_indent(lines[row]) >= least if lines[row].strip() else blank):
        row += 1
    return row, list(lines[start:row])


def _section_entries(body: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The entries of a section: what is indented less or as much as the first line begins one."""
    written = [line for line in body if line.strip()]
    base = _indent(written[0]) if written else 0
    starts = [row for row, line in enumerate(written) if _indent(line) <= base]
    for start, end in pairwise([*starts, len(written)]):
        match = _ENTRY.fullmatch(written[start].strip())
        if match is not None:
            yield match["name"], " ".join([match["text"], *map(str.strip, written[start + 1 : end])])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _read(entry: str) -> Claim | None:
    text = _MARKUP.sub("", entry).strip()
    called = list(_CALLED.finditer(text))
    match = called[0] if called else _LEADING.match(text.lstrip(": "))
    if match is None or len(called) > 1:
        return None
    before, rest = match.string[: match.start()], match.string[match.end() :]
    after, *further = _END.split(rest)
    if _SEVERAL.search(before) or _OF_ANOTHER.search(before) or _other_shapes(after, match["shape"]):
        return None
    if any(_CONDITIONAL.search(each) and _other_shapes(each, match["shape"]) for each in further):
        return None
    axes = read_shape(match["shape"], sure=bool(called))
    return None if axes is None else Claim(axes, match["shape"], source="docstring")


def _other_shapes(text: str, shape: str) -> bool:
    """Whether more shapes follow, which one holds depends on something, or it holds up to broadcasting."""
    found = (match["shape"] for match in _LIST.finditer(text))
    return "broadcast" in text or any(other != shape and read_shape(other) is not None for other in found)
