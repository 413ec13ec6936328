"""What a file must hold for einlint to have anything to say about it, by its bytes alone."""

from __future__ import annotations

from typing import NamedTuple

from einlint.lazily import regex

_CALLS = (b"einops", b"einsum", b"rearrange")

_TWO_LENGTHS = regex(rb"(?:reshape|\.view)\((?!\s*(?:\(\s*)?(?:-?\d+\s*)?(?:,\s*1\s*)*(?:,\s*)?\)|torch\.\w+\s*\))")
_WITHOUT_DIMENSION = regex(rb"\bsqueeze\((?!\s*(?:(?:dim|axis)\s*=\s*)?-?\d+\s*\))")
_MOVES_NOTHING = regex(rb"permute\([^\n]{0,120}?(?:\b0\s*,\s*1\b|-\d)|permute\(\s*(?:#[^\n]*)?\n|unflatten\(")
_PRODUCT = regex(rb"matmul\(|bmm\(|baddbmm\(|tensordot\(|@[ =]|[\w)\]]@")
_STATISTICS = regex(rb"(?s)(?:mean|var|std)\(\s*[^\s)].*?(?:mean|var|std)\(\s*[^\s)]")
_NUMBERED = regex(rb"[(\[]\s*-?\d+\s*,\s*-?\d+[\s,\d-]*[)\]]\s*[,)]")

_SILENT = (
    (b"reshape(", _TWO_LENGTHS),
    (b".view(", _TWO_LENGTHS),
    (b"squeeze(", _WITHOUT_DIMENSION),
    (b"permute(", _MOVES_NOTHING),
    (b".expand(", None),
    (b"interleave(", None),
    (b"np.repeat(", None),
    (b"np.tile(", None),
    (b"oftmax(", _PRODUCT),
    (b"F.normalize(", _PRODUCT),
    (b".std(", _STATISTICS),
    (b".var(", _STATISTICS),
    (b"keepdim", _STATISTICS),
    (b"keepdim", _NUMBERED),
)
"""Of what silent bugs are made where no pattern is written: a word, and what must stand in the file as well.

`silent/interest.py` asks the same of each call, more closely.
"""

Aliases = tuple[tuple[str, str], ...]


class Marks(NamedTuple):
    """What makes a file worth parsing: calls of einops and einsum, also under other names.

    `silent` adds what plain code can get wrong in silence, `exported` all plain code of tensors.
    """

    aliases: Aliases = ()
    silent: bool = True
    exported: bool = False

    def are_in(self, data: bytes) -> bool:
        """Whether the bytes of a file can hold anything to report: the search that skips most files."""
        if any(word in data for word in _CALLS):
            return True
        if any(name.rpartition(".")[2].encode() in data for name, _ in self.aliases):
            return True
        if self.exported:
            return any(word in data for word, _ in _SILENT)
        return self.silent and any(word in data and (more is None or more.search(data)) for word, more in _SILENT)
