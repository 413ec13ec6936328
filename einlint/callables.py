"""The table of callables: every function and layer einlint knows, its signature and its dialect."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from einlint.patterns.dialects import Dialect


class Kind(Enum):
    """What a callable does with its pattern."""

    __hash__ = object.__hash__

    REARRANGE = "rearrange"
    REDUCE = "reduce"
    REPEAT = "repeat"
    EINSUM = "einops.einsum"
    PACK = "pack"
    UNPACK = "unpack"
    PARSE_SHAPE = "parse_shape"
    ASNUMPY = "asnumpy"
    EINMIX = "EinMix"
    EQUATION = "einsum equation"


class Signature(NamedTuple):
    """How arguments bind. `parameters` are positional or keyword, the first `required` must be given.

    `operands`: further positional arguments are tensors. `lengths`: further keywords are axis
    lengths. `keywords` are the other keywords taken, None for any.
    """

    parameters: tuple[str, ...]
    required: int
    operands: bool = False
    lengths: bool = False
    keywords: frozenset[str] | None = frozenset()


class Callee(NamedTuple):
    """One known callable. `name` is how messages call it; `layer` marks a module constructor."""

    name: str
    kind: Kind
    signature: Signature
    layer: bool = False
    dialect: Dialect | None = None


_SIGNATURES = {
    "rearrange": (Kind.REARRANGE, Signature(("tensor", "pattern"), 2, lengths=True)),
    "reduce": (Kind.REDUCE, Signature(("tensor", "pattern", "reduction"), 3, lengths=True)),
    "repeat": (Kind.REPEAT, Signature(("tensor", "pattern"), 2, lengths=True)),
    "einsum": (Kind.EINSUM, Signature((), 0, operands=True)),
    "pack": (Kind.PACK, Signature(("tensors", "pattern"), 2)),
    "unpack": (Kind.UNPACK, Signature(("tensor", "packed_shapes", "pattern"), 3)),
    "parse_shape": (Kind.PARSE_SHAPE, Signature(("x", "pattern"), 2)),
    "asnumpy": (Kind.ASNUMPY, Signature(("tensor",), 1)),
}
_LAYERS = {
    "Rearrange": (Kind.REARRANGE, Signature(("pattern",), 1, lengths=True)),
    "Reduce": (Kind.REDUCE, Signature(("pattern", "reduction"), 2, lengths=True)),
    "EinMix": (Kind.EINMIX, Signature(("pattern", "weight_shape", "bias_shape"), 2, lengths=True)),
}
_FLAX = frozenset({"parent", "name"})
_FLAX_LAYERS = {
    "Rearrange": (Kind.REARRANGE, Signature(("pattern", "sizes"), 1, keywords=_FLAX)),
    "Reduce": (Kind.REDUCE, Signature(("pattern", "reduction", "sizes"), 2, keywords=_FLAX)),
    "EinMix": (Kind.EINMIX, Signature(("pattern", "weight_shape", "bias_shape", "sizes"), 2, keywords=_FLAX)),
}
_FUNCTIONS_OF = {
    "einops": tuple(_SIGNATURES),
    "einops.einops": ("rearrange", "reduce", "repeat", "einsum", "parse_shape", "asnumpy"),
    "einops.packing": ("pack", "unpack"),
    "einops.array_api": ("rearrange", "reduce", "repeat", "pack", "unpack", "asnumpy"),
}
_LAYER_MODULES = ("torch", "tensorflow", "keras", "paddle", "oneflow", "chainer", "gluon")
_OTHER_LIBRARIES = """
xp cupy dask.array keras.ops mindspore.ops mlx.core oneflow paddle pennylane.math pennylane.numpy sparse
tensorflow.compat.v1 tensorly
""".split()
_NUMPY = frozenset({"out", "optimize", "dtype", "order", "casting"})
_EQUATIONS: tuple[tuple[str, Dialect, frozenset[str] | None], ...] = (
    ("torch.einsum", Dialect.TORCH, frozenset()),
    ("torch.functional.einsum", Dialect.TORCH, frozenset()),
    ("numpy.einsum", Dialect.NUMPY, _NUMPY),
    ("autograd.numpy.einsum", Dialect.NUMPY, None),
    ("jax.numpy.einsum", Dialect.JAX, None),
    ("tensorflow.einsum", Dialect.TENSORFLOW, None),
    ("tensorflow.linalg.einsum", Dialect.TENSORFLOW, None),
    ("opt_einsum.contract", Dialect.OPT_EINSUM, None),
    *((f"{module}.einsum", Dialect.GENERIC, None) for module in _OTHER_LIBRARIES),
)


def _equation(name: str, dialect: Dialect, keywords: frozenset[str] | None) -> Callee:
    return Callee(name, Kind.EQUATION, Signature(("equation",), 1, operands=True, keywords=keywords), dialect=dialect)


CALLABLES: dict[str, Callee] = {
    **{
        f"{module}.{name}": Callee(f"einops.{name}" if name == "einsum" else name, *_SIGNATURES[name])
        for module, names in _FUNCTIONS_OF.items()
        for name in names
    },
    **{
        f"einops.layers.{module}.{name}": Callee(name, *found, layer=True)
        for module in (*_LAYER_MODULES, "flax")
        for name, found in (_FLAX_LAYERS if module == "flax" else _LAYERS).items()
    },
    **{name: _equation(name, dialect, keywords) for name, dialect, keywords in _EQUATIONS},
}

NAMES = frozenset(name.rpartition(".")[2] for name in CALLABLES)
"""The last component of every callable: what a call of interest is usually written as."""

LIBRARIES = frozenset(name.partition(".")[0] for name in CALLABLES) | {"functools"}
"""Top-level packages that are never looked for in the linted tree."""
