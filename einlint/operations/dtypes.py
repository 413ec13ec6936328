"""dtypes by name, and what changes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from einlint.dimensions import dim
from einlint.lazily import replace
from einlint.operations.table import denotes
from einlint.program.deciding import decider, require, require_divides
from einlint.program.terms import Unprovable
from einlint.program.value import Value, opaque

DTYPES = frozenset("bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split())
_ALIASES = {
    "float": "float32", "double": "float64", "half": "float16", "single": "float32",
    "long": "int64", "int": "int32", "short": "int16", "int_": "int64", "intp": "int64", "bool_": "bool",
    "cfloat": "complex64", "cdouble": "complex128",
}  # fmt: skip
_PYTHON = {"bool": "bool", "int": "int64", "float": "float64", "complex": "complex128"}


class DtypeName(str):
    """A dtype object, by its name: text is another thing, and only numpy takes it."""

    __slots__ = ()


def named_dtype(path: str) -> DtypeName | None:
    """The dtype that a dotted name is, if it is one."""
    module, _, name = path.rpartition(".")
    if module == "builtins":
        return DtypeName(_PYTHON[name]) if name in _PYTHON else None
    name = _ALIASES.get(name, name)
    return DtypeName(name) if name in DTYPES else None


def dtype_of(value: Any, default: str) -> str:
    """The dtype that an argument asks for, the default for None."""
    if value is None:
        return default
    if isinstance(value, str) and value in DTYPES and not isinstance(value, DtypeName):
        decider().admit("a dtype by text")
        return value
    if not isinstance(value, DtypeName) or value not in DTYPES:
        raise Unprovable("a dtype that is not known")
    return str(value)


def converted(x: Value, dtype: str) -> Value:
    """The tensor as another dtype; what that does to its values is not described."""
    if dtype == x.dtype:
        return x
    decider().admit("a change of dtype")
    return replace(opaque(x.shape, replace(x, dtype=dtype)), contiguous=x.contiguous)


def viewed_as(x: Value, dtype: str) -> Value:
    """The memory of a tensor read as another dtype."""
    if dtype == x.dtype:
        return x
    decider().admit("memory read as another dtype")
    old, new = _bytes(x.dtype), _bytes(dtype)
    require(old == new or bool(x.dims), "a scalar of another dtype")
    if old >= new:
        shape = x.shape if old == new else [*x.shape[:-1], x.shape[-1] * (old // new)]
    else:
        require_divides(dim(new // old), x.shape[-1], "not divisible")
        shape = [*x.shape[:-1], x.shape[-1] // (new // old)]
    return opaque(shape, replace(x, dtype=dtype))


def _bytes(dtype: str) -> int:
    return 1 if dtype == "bool" else int("".join(filter(str.isdigit, dtype))) // 8


def _to(dtype: str) -> Callable[..., Value]:
    def entry(x: Value) -> Value:
        return converted(x, dtype)

    return entry


_METHODS = {
    "double": "float64", "float": "float32", "half": "float16", "bfloat16": "bfloat16", "long": "int64", "int": "int32",
    "short": "int16", "char": "int8", "byte": "uint8", "bool": "bool", "cfloat": "complex64", "cdouble": "complex128",
}  # fmt: skip
for _name, _dtype in _METHODS.items():
    denotes(f"Tensor.{_name}")(_to(_dtype))


@denotes("Tensor.to", "Tensor.type")
def to(x: Value, *target: Any, dtype: Any = None, **options: Any) -> Value:
    wanted = dtype
    for each in target:
        if isinstance(each, (DtypeName, Value)):
            wanted = DtypeName(each.dtype) if isinstance(each, Value) else each
    if options or len(target) + (dtype is not None) != 1 or wanted is None:
        decider().admit("a device, or a layout of memory")
    return converted(x, dtype_of(wanted, x.dtype))


@denotes("Tensor.type_as")
def type_as(x: Value, other: Value) -> Value:
    return converted(x, other.dtype)


@denotes("ndarray.astype")
def astype(x: Value, dtype: Any, copy: bool = True) -> Value:
    return replace(converted(x, dtype_of(dtype, x.dtype)), contiguous=x.contiguous)


@denotes("numpy.astype")
def numpy_astype(x: Value, dtype: Any) -> Value:
    return converted(x, dtype_of(dtype, x.dtype))


@denotes(
    *("Tensor.cuda", "Tensor.cpu", "Tensor.requires_grad_", "Tensor.numpy", "Tensor.pin_memory"),
    *("numpy.asfortranarray", "torch.asarray", "einops.asnumpy", "torch.autograd.Variable"),
    *("torch.nn.Parameter", "torch.nn.parameter.Parameter", "torch.nn.Buffer"),
)
def same_tensor(x: Value, *options: Any) -> Value:
    decider().admit("where a tensor lies, or whether it has a gradient")
    return x
