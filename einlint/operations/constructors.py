"""Tensors from nothing: constants, ranges, random numbers, and what is like another tensor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from einlint.dimensions import ONE, Dim, dim
from einlint.lazily import replace
from einlint.operations.arithmetic import is_finite, term_of
from einlint.operations.assumptions import natural, sure
from einlint.operations.dtypes import dtype_of
from einlint.operations.fallback import with_body
from einlint.operations.scalars import NUMBERS
from einlint.operations.table import Scalar, denotes
from einlint.program.deciding import decider, require
from einlint.program.terms import Guard, Unprovable, factor, multiply, new_axis
from einlint.program.value import BLANK, Value, dimension, operand

_DEFAULTS = {"torch": "float32", "numpy": "float64"}


def lengths(shape: Sequence[Any]) -> list[Dim]:
    """Sizes given one by one, or as one sequence."""
    listed = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    sizes = [dim(size) for size in listed]
    require(natural(sizes), "a negative size")
    return sizes


def filled(shape: Sequence[Dim], value: Any, dtype: str) -> Value:
    """A tensor of one number."""
    if not isinstance(value, NUMBERS):
        decider().admit("a filling that is no number")
        return drawn(shape, dtype)
    if not is_finite(value):
        return operand(f"?{value}", shape, dtype)
    return with_body(Value(tuple(map(dimension, shape)), BLANK, dtype), lambda: term_of(value))


def drawn(shape: Sequence[Dim], dtype: str) -> Value:
    """A tensor whose elements are not described."""
    decider().admit("elements that are not described")
    if decider().by_shape:
        return Value(tuple(map(dimension, shape)), BLANK, dtype)
    return operand(f"?{new_axis(ONE).name}", shape, dtype)


def _constant(value: int, default: str) -> Callable[..., Value]:
    def entry(*shape: Any, size: Any = None, dtype: Any = None) -> Value:
        if size is not None:
            shape = (size,)
        if not shape or (len(shape) > 1 and default == "float64"):
            decider().admit("sizes that numpy takes as one sequence")
        return filled(lengths(shape), value, dtype_of(dtype, default))

    return entry


def _numpy_constant(value: int) -> Callable[..., Value]:
    def entry(shape: Any, dtype: Any = None) -> Value:
        return filled(lengths([shape]), value, dtype_of(dtype, "float64"))

    return entry


def _full(default: str) -> Callable[..., Value]:
    def entry(shape: Any = None, fill_value: Any = None, dtype: Any = None, size: Any = None) -> Value:
        if dtype is None and not isinstance(fill_value, float):
            decider().admit("a dtype that follows the filling")
        if default == "float32" and not isinstance(shape, (tuple, list)):
            decider().admit("a shape that is no sequence")
        return filled(lengths([shape if size is None else size]), fill_value, dtype_of(dtype, default))

    return entry


def _like(value: int | None) -> Callable[..., Value]:
    def entry(x: Value, dtype: Any = None) -> Value:
        made = drawn(x.shape, x.dtype) if value is None else filled(x.shape, value, x.dtype)
        return replace(made, dtype=dtype_of(dtype, x.dtype), contiguous=x.contiguous)

    return entry


def _eye(default: str) -> Callable[..., Value]:
    def entry(n: Any, m: Any = None, dtype: Any = None) -> Value:
        rows, columns = lengths([n, n if m is None else m])
        if m is not None:
            decider().admit("a rectangular eye")
            return drawn([rows, columns], dtype_of(dtype, default))
        row, column = new_axis(rows), new_axis(columns)
        both = multiply(factor(Guard(row.index - column.index)), factor(Guard(column.index - row.index)))
        return Value(((row,), (column,)), both, dtype_of(dtype, default))

    return entry


for _library, _default in _DEFAULTS.items():
    for _name, _value in {"zeros": 0, "ones": 1}.items():
        _made = _constant(_value, _default) if _library == "torch" else _numpy_constant(_value)
        denotes(f"{_library}.{_name}")(_made)
        denotes(f"{_library}.{_name}_like")(_like(_value))
    denotes(f"{_library}.full")(_full(_default))
    denotes(f"{_library}.eye", *(["numpy.identity"] if _library == "numpy" else []))(_eye(_default))


@denotes("Tensor.new_zeros")
def new_zeros(x: Value, *size: Any, dtype: Any = None) -> Value:
    return filled(lengths(size), 0, dtype_of(dtype, x.dtype))


@denotes("Tensor.new_ones")
def new_ones(x: Value, *size: Any, dtype: Any = None) -> Value:
    return filled(lengths(size), 1, dtype_of(dtype, x.dtype))


@denotes("Tensor.new_full")
def new_full(x: Value, size: Any, fill_value: Any, dtype: Any = None) -> Value:
    return filled(lengths([size]), fill_value, dtype_of(dtype, x.dtype))


@denotes("Tensor.new_empty")
def new_empty(x: Value, *size: Any, dtype: Any = None) -> Value:
    return drawn(lengths(size), dtype_of(dtype, x.dtype))


@denotes("torch.full_like", "numpy.full_like")
def full_like(x: Value, fill_value: Any, dtype: Any = None) -> Value:
    return replace(filled(x.shape, fill_value, dtype_of(dtype, x.dtype)), contiguous=x.contiguous)


@denotes("torch.rand", "torch.randn", "torch.empty")
def torch_random(*size: Any, dtype: Any = None, **named: Any) -> Value:
    return drawn(lengths([named["size"]] if "size" in named else size), dtype_of(dtype, "float32"))


@denotes("numpy.empty", "numpy.random.random", "numpy.random.random_sample")
def numpy_random(size: Any = (), shape: Any = None, dtype: Any = None) -> Value:
    return drawn(lengths([size if shape is None else shape]), dtype_of(dtype, "float64"))


@denotes("numpy.random.rand", "numpy.random.randn")
def numpy_rand(*size: Any) -> Value:
    return drawn(lengths(size), "float64")


@denotes("numpy.random.normal", "numpy.random.uniform", "numpy.random.exponential", "numpy.random.poisson")
def numpy_distribution(*parameters: Any, size: Any = None, **named: Any) -> Value:
    if size is None and len(parameters) > 2:
        size = parameters[2]
    if size is None or any(isinstance(p, Value) for p in parameters):
        raise Unprovable("a distribution without a size")
    return drawn(lengths([size]), "float64")


@denotes("torch.randint")
def torch_randint(*bounds: Any, size: Any = None, low: Any = None, high: Any = None, dtype: Any = None) -> Value:
    shape = size if size is not None else bounds[-1]
    if not isinstance(shape, (tuple, list)):
        raise Unprovable("a shape that is no sequence")
    return drawn(lengths([shape]), dtype_of(dtype, "int64"))


@denotes("numpy.random.randint")
def numpy_randint(low: Any, high: Any = None, size: Any = (), dtype: Any = None) -> Value:
    return drawn(lengths([size]), dtype_of(dtype, "int64"))


@denotes("torch.randperm")
def randperm(n: Any, dtype: Any = None) -> Value:
    return drawn(lengths([n]), dtype_of(dtype, "int64"))


@denotes("torch.normal")
def normal(mean: Any = 0.0, std: Any = 1.0, size: Any = None) -> Value:
    like = [v for v in (mean, std) if isinstance(v, Value)]
    if len(like) > 1:
        raise Unprovable("two tensors of parameters")
    return drawn(like[0].shape if like else lengths([size]), like[0].dtype if like else "float32")


@denotes("torch.rand_like", "torch.randn_like", "torch.empty_like", "numpy.empty_like", "torch.bernoulli")
def random_like(x: Value, dtype: Any = None) -> Value:
    return replace(drawn(x.shape, dtype_of(dtype, x.dtype)), contiguous=x.contiguous)


@denotes("torch.randint_like")
def randint_like(x: Value, *bounds: Any, dtype: Any = None, **named: Any) -> Value:
    return drawn(x.shape, dtype_of(dtype, x.dtype))


@denotes("torch.arange")
def arange(*bounds: Any, dtype: Any = None, **named: Any) -> Value:
    return _range(bounds, named, dtype, may_be_empty=False)


@denotes("numpy.arange")
def numpy_arange(*bounds: Any, dtype: Any = None, **named: Any) -> Value:
    return _range(bounds, named, dtype, may_be_empty=True)


def _range(bounds: Sequence[Any], named: dict[str, Any], dtype: Any, may_be_empty: bool) -> Value:
    first, last, step = _bounds(bounds, named)
    if not all(isinstance(v, (int, Dim)) for v in (first, last, step)):
        raise Unprovable("a range that is not of sizes")
    first, last, step = dim(first), dim(last), dim(step)
    sure(lambda: natural([step], ONE), "a step that is not positive")
    if not natural([last - first]):
        require(may_be_empty, "a range that goes backwards")
        last = first
    decider().admit("the dtype of a range is not described")
    return drawn([last - first if step == ONE else (last - first + step - 1) // step], dtype_of(dtype, "int64"))


def _bounds(given: Sequence[Any], named: dict[str, Any]) -> tuple[Any, Any, Any]:
    if len(given) == 1 and "end" not in named and "stop" not in named:
        return 0, given[0], named.get("step", 1)
    names = ("start", "end", "step")
    table = {**dict(zip(names, given, strict=False)), **named}
    table["end"] = table.get("end", table.get("stop"))
    return table.get("start", 0), table["end"], table.get("step", 1)


@denotes("torch.linspace", "torch.logspace")
def linspace(start: Any, end: Any, steps: Any, dtype: Any = None) -> Value:
    return drawn(lengths([steps]), dtype_of(dtype, "float32"))


@denotes("numpy.linspace", "numpy.logspace", "numpy.geomspace")
def numpy_linspace(start: Any, stop: Any, num: Any = 50, dtype: Any = None) -> Value:
    if isinstance(start, Value) or isinstance(stop, Value):
        raise Unprovable("bounds that are arrays")
    return drawn(lengths([num]), dtype_of(dtype, "float64"))


@denotes("torch.tensor", "torch.as_tensor", "torch.Tensor", "torch.FloatTensor", "torch.LongTensor")
def tensor(data: Any, dtype: Any = None) -> Value:
    return _listed(data, dtype, "float32")


@denotes("numpy.array", "numpy.asarray")
def array(data: Any, dtype: Any = None) -> Value:
    return _listed(data, dtype, "float64")


@denotes("torch.from_numpy")
def from_numpy(x: Value) -> Value:
    return x


def _listed(data: Any, dtype: Any, real: str) -> Value:
    """A tensor from a tensor, or from nested lists of numbers."""
    if isinstance(data, Value):
        wanted = dtype_of(dtype, data.dtype)
        if wanted != data.dtype:
            decider().admit("a change of dtype")
        return data if wanted == data.dtype else drawn(data.shape, wanted)
    shape, kinds = _nested(data)
    default = next((k for k in (real, "int64", "bool") if k in {real if k == "float" else k for k in kinds}), real)
    return drawn(shape, dtype_of(dtype, default))


def _nested(data: Any) -> tuple[list[Dim], set[str]]:
    if isinstance(data, Value):
        return list(data.shape), {data.dtype}
    if isinstance(data, (tuple, list)):
        inner = [_nested(each) for each in data]
        first = inner[0][0] if inner else []
        for shape, _ in inner:
            fits = len(shape) == len(first) and all(decider().equal(a, b) for a, b in zip(shape, first, strict=True))
            require(fits, "nested sequences of different lengths")
        return [dim(len(data)), *first], {kind for _, kinds in inner for kind in kinds}
    if isinstance(data, bool):
        return [], {"bool"}
    if isinstance(data, (int, Dim)):
        return [], {"int64"}
    if isinstance(data, (float, Scalar)):
        return [], {"float"}
    raise Unprovable("an element that is no number")
