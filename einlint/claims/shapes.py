"""Shapes written by hand: `(b, n, d)`, `[B*T, C]`, `B x N x C`, `b (h w) c`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from einlint.claims.model import ClaimedAxis
from einlint.claims.sizes import NotASize, read_size
from einlint.claims.strings import Axes, once_variadic
from einlint.claims.words import is_dimension, is_shape
from einlint.dimensions import Dim, dim, symbol
from einlint.dimensions.dim import product
from einlint.lazily import regex

_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_NAME = regex(r"[^\W\d][\w.]*'*")
_GROUP = regex(r"\(\s*([^\W\d]\w*(?:\s+[^\W\d]\w*)+)\s*\)")
_PHRASE_ENDS = frozenset("size sizes length lengths len count number".split())
_ANY_NUMBER = ("...", "*", "…")
_ANY_LENGTH = ("-1", "?", "None", "_")
_NOT_SIZES = regex(r"[.{}'\"]{2}|\w\s+\w|[{}]|^\(\w+\)$")


class _Item(NamedTuple):
    text: str
    start: int


def read_shape(text: str, *, sure: bool = False, bare: bool = False) -> Axes | None:
    """The axes of a bracketed list, also of one without brackets where `bare`.

    Lists that may be something else, a size or arguments, are None unless the context makes it `sure`.
    """
    items, commas = _items(text, bare)
    axes = [_axis(item) for item in items]
    found = once_variadic(axes)
    if found is None or not (len(found) > 1 or (found and commas)):
        return None
    return found if _is_shape(found, sure) else None


def read_words(text: str) -> Axes | None:
    """The axes of `b n d`, `b (h w) c`: at least two, and no word that is not the name of a length."""
    items = list(_spaced(text, 0))
    axes = None if _is_phrase([item.text for item in items]) else once_variadic([_axis(item) for item in items])
    return axes if axes is not None and len(axes) > 1 and _is_shape(axes, False) else None


def _is_shape(axes: Axes, sure: bool) -> bool:
    written = [axis for axis in axes if axis.text not in _ANY_LENGTH]
    numbers = [int(axis.text) for axis in written if axis.text.isdecimal()]
    names = [name for axis in written for name in _NAME.findall(axis.text)]
    computed = any(axis.variadic or not (axis.name or axis.text.isdecimal()) for axis in written)
    return 0 not in numbers if sure else is_shape(names, numbers, computed)


def _items(text: str, bare: bool) -> tuple[list[_Item], bool]:
    """The elements, and whether commas separate them."""
    inner = text.strip()
    start = text.find(inner)
    if inner and _BRACKETS.get(inner[0]) == inner[-1] and _closes_last(inner):
        inner, start = inner[1:-1], start + 1
    elif not bare:
        return [], False
    if "," in inner:
        return list(_separated(inner, start, ",")), True
    if re.search(r"\s[x×]\s", inner):
        return list(_separated(inner, start, r"\s[x×]\s")), False
    if re.search(r"\s[*/+-]\s", inner):  # one length, computed
        return [], False
    spaced = list(_spaced(inner, start))
    return ([] if _is_phrase([item.text for item in spaced]) else spaced), False


def _is_phrase(words: Sequence[str]) -> bool:
    """`batch size`, `hidden dim`: one length in two words, not two lengths."""
    return not _PHRASE_ENDS.isdisjoint(words) or (
        len(words) == 2 and all(word.isalpha() and word[2:] for word in words)
    )


def _closes_last(text: str) -> bool:
    """Whether the first bracket is closed by the last."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char in _BRACKETS) - (char in _BRACKETS.values())
        if depth == 0:
            return place == len(text) - 1
    return False


def _separated(text: str, start: int, separator: str) -> Iterator[_Item]:
    """Elements between separators; one comma may end the list."""
    place = 0
    for match in (*re.finditer(separator, text), None):
        end = match.start() if match else len(text)
        item = text[place:end]
        if item.strip() or match or not place:
            yield _Item(item.strip(), start + place + len(item) - len(item.lstrip()))
        place = match.end() if match else end


def _spaced(text: str, start: int) -> Iterator[_Item]:
    for match in re.finditer(r"\([^()]*\)|[^\s()]+|[()]", text):
        yield _Item(match[0], start + match.start())


def _axis(item: _Item) -> ClaimedAxis | None:
    text, start = item
    end = start + len(text)
    if text in _ANY_NUMBER:
        return ClaimedAxis("", None, True, False, text, start, end)
    if text in _ANY_LENGTH:
        return ClaimedAxis("", None, False, False, text, start, end)
    if _NAME.fullmatch(text) and not text.endswith("."):
        return ClaimedAxis(text, None, False, False, text, start, end)
    if re.fullmatch(r"\*[^\W\d]\w*|[^\W\d]\w*\.\.\.", text):
        return ClaimedAxis(text.strip("*."), None, True, False, text, start, end)
    size = _size(text)
    return None if size is None else ClaimedAxis("", size[0], False, False, text, start, end)


def _size(text: str) -> tuple[Dim | None] | None:
    """The size in a tuple of one, which may be unknown; None for text that is no size."""
    if text.isdecimal() and len(text) < 20:
        return (dim(int(text)),)
    if group := _GROUP.fullmatch(text):
        words = group[1].split()
        return (product(map(symbol, words)),) if all(map(is_dimension, words)) else None
    if _NOT_SIZES.search(text):
        return None
    try:
        return (read_size(text.replace(" x ", "*")),)
    except NotASize:
        return None
