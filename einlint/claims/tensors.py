"""One tensor in an annotation: jaxtyping, torchtyping, nptyping, `Annotated`, `Tensor[B, N]`."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from einlint.claims.dtypes import common, dtype_class
from einlint.claims.lookups import Lookups, elements
from einlint.claims.model import Claim, Reading, UnionClaim
from einlint.claims.shapes import read_shape, read_words
from einlint.claims.strings import Axes, once_variadic, read_jaxtyping, read_nptyping
from einlint.claims.subscripts import subscript_axes, torchtyping_axes

_TENSORS = frozenset("Tensor Array ndarray Parameter FloatTensor LongTensor BoolTensor IntTensor".split())


def jaxtyped(dtype: str, items: Sequence[ast.expr], names: Lookups) -> Claim | None:
    """The outer claim of `Float[Tensor, "b n"]`, and of `Float["b n"]` where a project names its tensor once."""
    text = names.text(items[-1])
    axes = None if text is None else read_jaxtyping(text)
    if text is None or axes is None or len(items) > 2:
        return None
    framework = names.framework(items[0]) if len(items) == 2 else None
    return Claim(axes, text, None if dtype == "shaped" else dtype, framework)


def extended(outer: Claim, inner: Reading) -> Reading:
    """A claim about an array type that is a claim itself, or several: its axes follow."""
    if inner is None:
        return outer
    if isinstance(inner, Claim):
        return _extended(outer, inner)
    if not isinstance(inner, UnionClaim):
        return None
    arms = tuple(extended(outer, arm) for arm in inner.arms)
    if None in arms:
        return None
    return arms[0] if len(arms) == 1 else UnionClaim(arms)


def _extended(outer: Claim, inner: Claim) -> Claim | None:
    shift = len(outer.text) + 1
    shifted = [replace(axis, start=axis.start + shift, end=axis.end + shift) for axis in inner.axes]
    axes = once_variadic([*outer.axes, *shifted])
    try:
        dtype = common(outer.dtype, inner.dtype)
    except ValueError:
        return None
    return None if axes is None else Claim(axes, f"{outer.text} {inner.text}", dtype, inner.framework)


def annotated(of: ast.expr, metadata: Sequence[ast.expr], names: Lookups) -> Claim | None:
    """`Annotated[Tensor, "b n d"]`, `Annotated[Tensor, ("b", 3)]`; any other text is no shape."""
    if names.last(of) not in _TENSORS:
        return None
    for item in metadata:
        text = item.value if isinstance(item, ast.Constant) and isinstance(item.value, str) else ""
        named = read_words(text) or read_shape(text)
        listed = subscript_axes(item.elts, names) if isinstance(item, ast.Tuple) else None
        if named is not None:
            return Claim(named, text, None, names.framework(of))
        if listed is not None:
            return _written(listed, None, names.framework(of))
    return None


def nptyped(items: Sequence[ast.expr], names: Lookups) -> Claim | None:
    """`NDArray[Shape["2, N"], Float]`."""
    shape = items[0]
    if not isinstance(shape, ast.Subscript) or names.last(shape.value) not in ("Shape", "Literal"):
        return None
    text = names.text(shape.slice)
    axes = None if text is None else read_nptyping(text)
    if text is None or axes is None:
        return None
    dtype = dtype_class(names.last(items[1])) if len(items) > 1 else None
    return Claim(axes, text, dtype, "numpy")


def torchtyped(items: Sequence[ast.expr], names: Lookups) -> Claim | None:
    """`TensorType["b", 3, float]`."""
    dtypes = [names.dtype(item) for item in items]
    axes = torchtyping_axes([i for i, d in zip(items, dtypes, strict=True) if d is None], names)
    return None if axes is None else _written(axes, next(filter(None, dtypes), None), "torch")


def subscripted(dotted: str, items: Sequence[ast.expr], names: Lookups) -> Claim | None:
    """`Tensor[B, N, 3]` and `np.ndarray[tuple[int, Literal[3]], ...]`."""
    if dotted in ("torch.Tensor", "Tensor") and not any(map(names.dtype, items)):
        axes = subscript_axes(items, names)
    elif dotted == "numpy.ndarray" and isinstance(items[0], ast.Subscript):
        is_tuple = names.last(items[0].value) in ("tuple", "Tuple")
        axes = subscript_axes(elements(items[0].slice), names) if is_tuple else None
    else:
        return None
    return None if axes is None else _written(axes, None, dotted.rpartition(".")[0] or None)


def _written(axes: Axes, dtype: str | None, framework: str | None) -> Claim:
    """A claim whose axes are expressions: its text is made of theirs."""
    ends = list(accumulate((len(axis.text) + 2 for axis in axes), initial=0))
    placed = [replace(a, start=place, end=place + len(a.text)) for a, place in zip(axes, ends[:-1], strict=True)]
    return Claim(tuple(placed), ", ".join(axis.text for axis in axes), dtype, framework)
