"""The dtype names of jaxtyping and torch, and what they hold."""

from __future__ import annotations

_UINT = "uint2 uint4 uint8 uint16 uint32 uint64".split()
_INT = "int2 int4 int8 int16 int32 int64".split()
_FLOAT8 = "float8e4m3b11fnuz float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz".split()
_FLOAT = ["float4e2m1fn", *_FLOAT8, "bfloat16", "float16", "float32", "float64"]
_COMPLEX = "complex64 complex128".split()
_MEMBERS = {
    **{name: {name} for name in _UINT + _INT + _FLOAT + _COMPLEX},
    "bool": {"bool"},
    "key": {"key"},
    "uint": {*_UINT},
    "int": {*_INT},
    "integer": {*_UINT, *_INT},
    "float": {*_FLOAT},
    "complex": {*_COMPLEX},
    "inexact": {*_FLOAT, *_COMPLEX},
    "real": {*_FLOAT, *_UINT, *_INT},
    "num": {*_UINT, *_INT, *_FLOAT, *_COMPLEX},
    "shaped": {"bool", "key", *_UINT, *_INT, *_FLOAT, *_COMPLEX},
}
_TORCH = {"float": "float32", "double": "float64", "half": "float16", "int": "int32", "long": "int64", "short": "int16"}


def dtype_class(name: str) -> str | None:
    """The dtype of a class of jaxtyping: `float8e5m2` of `Float8e5m2`."""
    lower = name.lower()
    written = lower.replace("uint", "UInt") if lower.startswith("u") else lower.capitalize()
    return lower if lower in _MEMBERS and name == ("BFloat16" if lower == "bfloat16" else written) else None


def torch_dtype(name: str) -> str | None:
    """The dtype of `torch.NAME`."""
    dtype = _TORCH.get(name, name)
    return dtype if dtype in _MEMBERS else None


def common(one: str | None, other: str | None) -> str | None:
    """What two dtypes share, None being any. Raises ValueError when that is nothing."""
    shared = _MEMBERS[one or "shaped"] & _MEMBERS[other or "shaped"]
    name = next((name for name, members in _MEMBERS.items() if members == shared), None)
    if name is None:
        raise ValueError(f"no value is both {one} and {other}")
    return None if name == "shaped" else name
