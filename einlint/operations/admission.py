"""Calling an entry: which forms of arguments the table describes, and which it knows by shape alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from einlint.dimensions import Dim
from einlint.lazily import replace
from einlint.operations.dtypes import dtype_of
from einlint.program.deciding import decider
from einlint.program.terms import Unprovable
from einlint.program.value import Value, opaque

_KEYWORDS = frozenset(
    """
    dim dims keepdim axis axes keepdims start_dim end_dim dim1 dim2 offset correction unbiased ddof kernel_size stride
    is_causal attn_mask scale dtype eps weight bias num_groups diagonal split_size repeats chunks source destination
    size step dimension sizes pattern weight_shape bias_shape normalized_shape upscale_factor downscale_factor groups
    output_size order reduction
    """.split()
)
# Plain where an entry takes them; others would lose what they say.
_TAKEN_KEYWORDS = frozenset("shifts shift pad pad_width padding mode value constant_values".split())
_MAY_BE_NONE = frozenset({"weight", "bias", "attn_mask", "scale", "dtype"})
_MAY_BE_TRUE = frozenset({"keepdim", "keepdims", "is_causal", "unbiased"})
# Arguments that leave the shape of the result as it is.
_SHAPELESS = frozenset(
    """
    device requires_grad pin_memory memory_format layout non_blocking generator inplace out training copy casting subok
    where initial precision preferred_element_type optimize stable alpha rounding_mode approximate negative_slope beta
    threshold lower upper names mode antialias interpolation method p equal_nan rtol atol nan posinf neginf value
    """.split()
)

_SEQUENCES = frozenset({"dims", "shape", "size", "sizes", "repeats"})
_LISTED = frozenset({"dims", "shape", "sizes", "counts"})


def called(entry: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """What the entry denotes for these arguments."""
    if kwargs or any(value is None or isinstance(value, bool) for value in args):
        kwargs = _admitted(entry, args, kwargs)
    if any(isinstance(value, float) for value in (*args, *kwargs.values())):
        _refuse_floats(entry, args, kwargs)
    if "input" in kwargs and "input" not in _taken(entry) and "lengths" not in _taken(entry):
        args = [kwargs["input"], *args]
        kwargs = {name: value for name, value in kwargs.items() if name != "input"}
    for name in _rest(entry) & kwargs.keys():
        args = [*args, kwargs[name]]
        kwargs = {other: value for other, value in kwargs.items() if other != name}
    dtype = None
    if "dtype" in kwargs and "dtype" not in _taken(entry):
        dtype = kwargs["dtype"]
        kwargs = {name: value for name, value in kwargs.items() if name != "dtype"}
    try:
        result = entry(*args, **kwargs)
    except (TypeError, AttributeError, LookupError, ValueError, ArithmeticError) as error:
        raise Unprovable(f"arguments that the table does not describe: {error}") from error
    return result if dtype is None else _converted(result, dtype)


def _refuse_floats(entry: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Libraries refuse 0.0 where they take an integer, though it is equal to 0."""
    given = dict(zip(_taken_in_order(entry), args, strict=False)) | dict(kwargs)
    if any(isinstance(given.get(name), float) for name in _integers(entry)):
        decider().admit("a float where an integer is taken")


def _converted(result: Any, dtype: Any) -> Any:
    decider().admit("a change of dtype")
    return opaque(result.shape, replace(result, dtype=dtype_of(dtype, ""))) if isinstance(result, Value) else result


def _admitted(entry: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords that decide the shape. Refuses to prove anything about forms that libraries differ on."""
    takes_lengths = "lengths" in _taken(entry)
    if any(isinstance(value, bool) or value is None for value in args):
        decider().admit("a truth value or None as a positional argument")
    for name, value in kwargs.items():
        known = name in _KEYWORDS or (name in _TAKEN_KEYWORDS and name in _taken(entry))
        plain = known and (value is not None or name in _MAY_BE_NONE)
        if takes_lengths and (isinstance(value, Dim) or type(value) is int):
            continue
        if not plain or (isinstance(value, bool) and name not in _MAY_BE_TRUE):
            decider().admit(f"the argument `{name}`")
    return {
        name: value
        for name, value in kwargs.items()
        if (value is not None or name in _not_none(entry))
        and (name in _taken(entry) or takes_lengths or name not in _SHAPELESS)
    }


@cache
def _parameters(entry: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(entry).parameters


@cache
def _taken(entry: Callable[..., Any]) -> frozenset[str]:
    """The parameters of an entry. With `lengths` further keywords are axis lengths, as in einops."""
    return frozenset(_parameters(entry))


@cache
def _taken_in_order(entry: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(_parameters(entry))


@cache
def _integers(entry: Callable[..., Any]) -> frozenset[str]:
    """The parameters that are integers."""
    return frozenset(p.name for p in _parameters(entry).values() if p.annotation in ("int", int))


@cache
def _rest(entry: Callable[..., Any]) -> frozenset[str]:
    """Names under which libraries take in one sequence what the entry takes one by one."""
    parameters = _parameters(entry).values()
    rest = {p.name for p in parameters if p.kind is p.VAR_POSITIONAL}
    return (_SEQUENCES - _taken(entry)) | (_SEQUENCES & rest) if rest & _LISTED else frozenset()


@cache
def _not_none(entry: Callable[..., Any]) -> frozenset[str]:
    """Parameters for which None is not what their absence means."""
    given = _parameters(entry).values()
    return frozenset(p.name for p in given if p.default not in (None, p.empty))
