"""The shape strings of jaxtyping and nptyping. A string that the library rejects is None."""

from __future__ import annotations

import re
from collections.abc import Sequence

from einlint.claims.model import ClaimedAxis
from einlint.claims.sizes import NotASize, read_size
from einlint.dimensions import dim
from einlint.lazily import regex

Axes = tuple[ClaimedAxis, ...]

_NPTYPING_ITEM = regex(r"(?:\[[^\[\]]*\]|[^,\[\]])+")
_NPTYPING = regex(r"(?P<size>\d{1,18}|\*|[A-Z]\w*|\[[^\[\]]*\])(?:\s+(?P<label>[a-z]\w*))?")


def read_jaxtyping(text: str) -> Axes | None:
    """The axes of `"b *n #c 3 h*w ..."`, by the rules of jaxtyping 0.3."""
    axes = [_axis(match[0], match.start()) for match in re.finditer(r"\S+", text)]
    return once_variadic(axes)


def once_variadic(axes: Sequence[ClaimedAxis | None]) -> Axes | None:
    """The axes when all could be read and at most one stands for several."""
    found = tuple(axis for axis in axes if axis is not None)
    return found if len(found) == len(axes) and sum(axis.variadic for axis in found) <= 1 else None


def _axis(text: str, start: int) -> ClaimedAxis | None:
    end = start + len(text)
    if text == "...":
        return ClaimedAxis("", None, True, False, text, start, end)
    if "..." in text or text.endswith("#") or ("," in text and "(" not in text):
        return None
    marks, label, rest = _unmarked(text)
    if len(set(marks)) < len(marks):
        return None
    variadic, broadcasts = "*" in marks, "#" in marks
    if not rest or rest.isidentifier():
        if "_" in marks:
            return None if broadcasts else ClaimedAxis("", None, variadic, False, text, start, end)
        name = f"?{rest}" if rest and "?" in marks else rest
        return ClaimedAxis(name, None, variadic, broadcasts, text, start, end)
    if {*marks} - {"#"}:
        return None
    try:
        size = dim(int(rest)) if _is_integer(rest) else read_size(_checked(rest))
    except NotASize:
        return None
    return ClaimedAxis(label if label.isidentifier() else "", size, False, broadcasts, text, start, end)


def _unmarked(text: str) -> tuple[str, str, str]:
    """Leading modifiers in any order, the label of `label=rest`, and the rest."""
    marks = label = ""
    while text:
        if text[0] in "#*_?":
            marks, text = marks + text[0], text[1:]
        elif text.count("=") == 1:
            label, text = text.split("=")
        else:
            break
    return marks, label, text


def _is_integer(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True


def _checked(text: str) -> str:
    """Names of axes have no dots, only `{self.dim}` does."""
    if "." in re.sub(r"\{[^{}]*\}", "", text) or "'" in text:
        raise NotASize(text)
    return text


def read_nptyping(text: str) -> Axes | None:
    """The axes of `"2, N, * channels, [x, y], ..."`, by the rules of nptyping 2."""
    items = [(m[0].strip(), m.start() + len(m[0]) - len(m[0].lstrip())) for m in _NPTYPING_ITEM.finditer(text)]
    repeated = len(items) > 1 and items[-1][0] == "..."
    axes = [_nptyping_axis(item, start) for item, start in (items[:-1] if repeated else items)]
    if repeated:
        axes.append(ClaimedAxis("", None, True, False, "...", items[-1][1], items[-1][1] + 3))
    return once_variadic(axes) if axes and all(map(str.strip, text.split(","))) else None


def _nptyping_axis(text: str, start: int) -> ClaimedAxis | None:
    match = _NPTYPING.fullmatch(text)
    if match is None:
        return None
    size, label, end = match["size"], match["label"] or "", start + len(text)
    if size == "*":
        return ClaimedAxis("", None, False, False, text, start, end)
    if size.isdecimal() or size[0] == "[":
        length = int(size) if size.isdecimal() else size.count(",") + 1
        return ClaimedAxis(label, dim(length), False, False, text, start, end)
    return ClaimedAxis(size, None, False, False, text, start, end)
