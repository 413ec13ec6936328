"""The limits of dtypes: `torch.finfo(x.dtype).max`."""

from __future__ import annotations

from typing import Any

from einlint.lazily import dataclass
from einlint.operations.dtypes import DtypeName
from einlint.operations.table import denotes
from einlint.program.terms import Unprovable


@dataclass(frozen=True)
class Limits:
    """What `finfo` and `iinfo` tell."""

    min: float
    max: float
    eps: float = 0.0
    tiny: float = 0.0


_REAL = {
    "float16": (65504.0, 2.0**-10, 2.0**-14),
    "bfloat16": (3.3895313892515355e38, 2.0**-7, 2.0**-126),
    "float32": (3.4028234663852886e38, 2.0**-23, 2.0**-126),
    "float64": (1.7976931348623157e308, 2.0**-52, 2.0**-1022),
}


@denotes("torch.finfo", "numpy.finfo")
def finfo(dtype: Any) -> Limits:
    if not isinstance(dtype, DtypeName) or dtype not in _REAL:
        raise Unprovable("a dtype that is not known")
    largest, eps, tiny = _REAL[dtype]
    return Limits(-largest, largest, eps, tiny)


@denotes("torch.iinfo", "numpy.iinfo")
def iinfo(dtype: Any) -> Limits:
    if not isinstance(dtype, DtypeName) or not dtype.startswith(("int", "uint")):
        raise Unprovable("a dtype that is not known")
    bits = int(dtype.removeprefix("u").removeprefix("int"))
    signed = dtype.startswith("int")
    return Limits(-(2 ** (bits - 1)) if signed else 0, 2 ** (bits - signed) - 1)
