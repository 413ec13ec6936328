"""Which names are lengths of axes, and which lists of them are a shape and not a list of values.

`(h, w)` is the value of a size far more often than the shape of a matrix; `(b, n, d)` is a shape.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from einlint.lazily import regex

_BATCH = frozenset("b bs bsz bz nb batch batches batchsize".split())
_SURE_BATCH = frozenset("B bs bsz batch_size".split())
_LENGTHS = frozenset("bsz bz nb dim dims len lens length lengths size num seqlen qlen klen seq count".split())
_THINGS = frozenset(
    "batch batches time timestep timesteps frames height width channel channels embed embedding hidden head heads "
    "token tokens patch patches feature features feat feats vocab sequence depth classes layers groups queries experts "
    "points levels labels samples nodes edges atoms bins buckets codebooks neurons spatial dmodel model inner windows "
    "window blocks block chunks chunk steps objects boxes kernel residues instances capacity extent vocabulary".split()
)
_AMBIGUOUS = frozenset("x y u v".split())
_ENGLISH = frozenset("of is to in on at or and the if as it be by for no not we so do an up us vs via e.g i.e".split())
# What these letters list is coordinates, colours, projections, weight and bias.
_COORDINATES = frozenset("cx cy cz xc yc xmin xmax ymin ymax zmin zmax dx dy dz x0 y0 x1 y1 x2 y2 lat lon".split())
_VALUES = [*map(frozenset, "hw ij ab abc abcd ijk rgb qk kv qkv wb pq mv rc lr tblr ltrb cls xywh".split())]

_LETTER = regex(r"[^\W\d_]\d*(?:_\w*)?'*")
_CAPITALS = regex(r"[A-Z]{2,4}\d?'*")
_SHORT = regex(r"[A-Za-z][a-z]\d?")
_TRAILING = regex(r"[\d']+$")


def is_dimension(name: str) -> bool:
    """Whether a name can be that of a length: `b`, `N_res`, `HW`, `seq_len`, `num_heads`."""
    parts = _parts(name)
    if name.lower() in _ENGLISH | _COORDINATES or parts[0] in _AMBIGUOUS:
        return False
    if _LETTER.fullmatch(name) or _CAPITALS.fullmatch(name) or _SHORT.fullmatch(name):
        return True
    return not {*parts}.isdisjoint(_LENGTHS | _THINGS) or parts[0] == "n"


def is_shape(names: Sequence[str], numbers: Collection[int], computed: bool) -> bool:
    """Whether these elements of a list are a shape beyond doubt.

    `computed` says that an element is arithmetic, `h * w`, or stands for any number of axes.
    """
    if not names or 0 in numbers:
        return False
    if names[0] in _SURE_BATCH and len(names) + len(numbers) > 2:
        return {*map(str.lower, names)}.isdisjoint(_ENGLISH)
    if not all(map(is_dimension, names)):
        return False
    if computed:
        return True
    if not numbers and _are_values(names):
        return False
    if any(map(_is_batch, names)):
        return True
    letters = [name for name in names if len(_TRAILING.sub("", name)) == 1]
    if len(letters) == len(names):
        return letters[0].isupper() or _has_count(letters) or ({*letters} == {"h", "w"} and bool(numbers))
    if len(names) + len(numbers) == 2 and not numbers:
        return any(_is_width(name) for name in names)
    return any(len(name) == 1 or not {*_parts(name)}.isdisjoint(_LENGTHS | _THINGS) for name in names)


def _parts(name: str) -> list[str]:
    return [_TRAILING.sub("", part) for part in name.lower().replace(".", "_").split("_") if part] or [""]


def _is_batch(name: str) -> bool:
    parts = _parts(name)
    return parts[0] in _BATCH


def _is_width(name: str) -> bool:
    """`hidden_dim`, `num_classes`: in a pair of words, what no pair of values is about."""
    return not {*_parts(name)}.isdisjoint({"dim", "hidden", "channels", "vocab", "features", "seq", "num", "embed"})


def _are_values(names: Sequence[str]) -> bool:
    return frozenset(_TRAILING.sub("", name).lower() for name in names) in _VALUES


def _has_count(letters: Sequence[str]) -> bool:
    """Lists of small letters have a count among them, or are an image with its channels."""
    return "n" in letters or {"h", "w"} < {*letters}
