"""Lowering: a call of einops or einsum as plain torch or numpy code, as a person would write it.

Every function takes what a call says and gives a `Lowered`; it raises `Refusal` where there is no plain form.
"""

from einlint.rewrites.lowering.functions import lower_einsum, lower_rearrange, lower_reduce, lower_repeat
from einlint.rewrites.lowering.lowered import Lowered, Precedence, Style
from einlint.rewrites.lowering.packing import lower_asnumpy, lower_pack, lower_parse_shape, lower_unpack

__all__ = [
    "Lowered",
    "Precedence",
    "Style",
    "lower_asnumpy",
    "lower_einsum",
    "lower_pack",
    "lower_parse_shape",
    "lower_rearrange",
    "lower_reduce",
    "lower_repeat",
    "lower_unpack",
]
