"""How the einsum functions differ in what they take.

Read from and tested against torch 2.13 (`aten/src/ATen/native/Linear.cpp`), numpy 2.4 (`einsum.cpp` and, with
`optimize`, `numpy/_core/einsumfunc.py`), opt_einsum 3.4 (`parser.py`), jax 0.10 (which calls opt_einsum) and
tensorflow 2.21 (`special_math_ops.py`).
"""

from __future__ import annotations

from enum import Enum
from string import ascii_letters

LETTERS = frozenset(ascii_letters)


class Dialect(Enum):
    """An einsum function."""

    TORCH = "torch.einsum"
    NUMPY = "numpy.einsum"
    NUMPY_OPTIMIZED = "numpy.einsum, optimize"
    """`numpy.einsum` with any `optimize` but False, which parses in Python."""
    JAX = "jax.numpy.einsum"
    TENSORFLOW = "tf.einsum"
    OPT_EINSUM = "opt_einsum.contract"
    GENERIC = "einsum"
    """Of a library that is not known: a problem is what torch, numpy and opt_einsum all reject."""

    @property
    def function(self) -> str:
        """The name that messages use."""
        return self.value.partition(",")[0]

    @property
    def takes_any_label(self) -> bool:
        """Whether each character that is not syntax is a label: `1`, `_` and line breaks too."""
        return self in _OPT_EINSUM_PARSER

    @property
    def deletes_spaces(self) -> bool:
        """Whether spaces go before anything else, so that `- >` is an arrow."""
        return self not in _C_PARSERS

    @property
    def repeats_output_ellipsis(self) -> bool:
        """Whether `->......` passes as long as the ellipsis covers no dimension."""
        return self is Dialect.NUMPY_OPTIMIZED or self in _OPT_EINSUM_PARSER

    @property
    def numbers(self) -> range | None:
        """What the sublist format takes as an axis; None for any integer."""
        return _NUMBERS.get(self)


_C_PARSERS = frozenset({Dialect.TORCH, Dialect.NUMPY})
_OPT_EINSUM_PARSER = frozenset({Dialect.JAX, Dialect.OPT_EINSUM, Dialect.GENERIC})
_NUMBERS = {
    Dialect.TORCH: range(len(LETTERS)),
    Dialect.NUMPY: range(len(LETTERS)),
    Dialect.NUMPY_OPTIMIZED: range(-len(LETTERS), len(LETTERS)),  # it indexes a string, where -1 is 51
}
