"""The words that a file must hold for einlint to have anything to say about it."""

from __future__ import annotations

from collections.abc import Iterable

MARKS = (
    "einops", "einsum", "rearrange", "reshape(", ".view(", "squeeze(", "permute(", ".expand(", "interleave(",
    "np.repeat(", "np.tile(", "oftmax(", ".std(", ".var(", "keepdim", "F.normalize(",
)  # fmt: skip

Aliases = Iterable[tuple[str, str]]


def mentioned(data: bytes, aliases: Aliases = ()) -> bool:
    """Whether the bytes of a file can hold a call: the search that skips most files."""
    return any(mark in data for mark in _ENCODED) or any(word.encode() in data for word in _words(aliases))


def mentioned_in(text: str, aliases: Aliases = ()) -> bool:
    """The same of decoded text."""
    return any(mark in text for mark in MARKS) or any(word in text for word in _words(aliases))


_ENCODED = tuple(map(str.encode, MARKS))


def _words(aliases: Aliases) -> Iterable[str]:
    """What calls of the aliased functions are written with."""
    return (name.rpartition(".")[2] for name, _ in aliases)
