"""The texts of a notebook's code cells, and the notebook with some of them replaced.

Only the JSON of a replaced text is written again, line by line in the style it has: whatever else the file holds, its
indentation and its escapes, stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from einlint.notebooks import cell_text

_BLANK = " \t\r\n"
_decode = json.JSONDecoder().raw_decode


class _Place(NamedTuple):
    """A stretch of JSON text, and the value it stands for."""

    start: int
    end: int
    value: object


def cell_texts(data: bytes) -> dict[int, str]:
    """The text of every code cell by its number, counted from 1 over all cells. Raises ValueError."""
    return {number: cell_text({"source": place.value}) for number, place in _sources(data.decode("utf-8-sig"))}


def with_texts(data: bytes, texts: Mapping[int, str]) -> bytes:
    """The notebook with the texts of some code cells replaced."""
    content = data.decode("utf-8-sig")
    mark = data[: len(data) - len(content.encode())]
    for number, place in reversed(list(_sources(content))):
        if number in texts:
            content = content[: place.start] + _written(content, place, texts[number]) + content[place.end :]
    return mark + content.encode()


def _written(content: str, old: _Place, text: str) -> str:
    ascii_only = content.isascii()
    items = list(_items(content, old))
    if not items:
        return json.dumps(text, ensure_ascii=ascii_only)
    known = {item.value: content[item.start : item.end] for item in items if isinstance(item.value, str)}
    first, last = content[old.start + 1 : items[0].start], content[items[-1].end : old.end - 1]
    after_colon = content[old.start - 1]  # a lone item is set off as the list is from its key
    between = content[items[0].end : items[1].start] if len(items) > 1 else f",{first or after_colon.strip(':')}"
    lines = [known.get(line) or json.dumps(line, ensure_ascii=ascii_only) for line in text.splitlines(keepends=True)]
    return f"[{first}{between.join(lines)}{last}]"


def _sources(content: str) -> Iterator[tuple[int, _Place]]:
    """Where the text of every code cell stands."""
    for number, cell in enumerate(_cells(content), 1):
        members = dict(_members(content, cell))
        kind, source = members.get("cell_type"), members.get("source", members.get("input"))
        if kind is not None and kind.value == "code" and source is not None:
            yield number, source


def _cells(content: str) -> Iterator[_Place]:
    """The cells; the third version of the format keeps them in worksheets."""
    start = _skip(content, 0)
    top = dict(_members(content, _place(content, start)))
    if "cells" in top or "worksheets" not in top:
        yield from _items(content, top["cells"]) if "cells" in top else ()
        return
    for sheet in _items(content, top["worksheets"]):
        cells = dict(_members(content, sheet)).get("cells")
        yield from _items(content, cells) if cells is not None else ()


def _members(content: str, place: _Place) -> Iterator[tuple[str, _Place]]:
    """The members of an object; none where it is something else."""
    if not isinstance(place.value, dict):
        return
    at = _skip(content, place.start + 1)
    while content[at] == '"':
        key, end = _decode(content, at)
        found = _place(content, _skip(content, _skip(content, end) + 1))
        yield key, found
        at = _after(content, found)


def _items(content: str, place: _Place) -> Iterator[_Place]:
    """The items of a list; none where it is something else."""
    if not isinstance(place.value, list):
        return
    at = _skip(content, place.start + 1)
    while content[at] != "]":
        found = _place(content, at)
        yield found
        at = _after(content, found)


def _place(content: str, start: int) -> _Place:
    value, end = _decode(content, start)
    return _Place(start, end, value)


def _after(content: str, place: _Place) -> int:
    """Where what follows a member or an item begins: the next one, or the bracket that ends them."""
    at = _skip(content, place.end)
    return _skip(content, at + 1) if content[at] == "," else at


def _skip(content: str, at: int) -> int:
    while content[at] in _BLANK:
        at += 1
    return at
