"""Pools and changes of resolution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from einlint.dimensions import ONE, ZERO, Dim, dim
from einlint.lazily import replace
from einlint.operations.convolutions import batched, check_full, each, window_count
from einlint.operations.padding import surrounded
from einlint.operations.reductions import reduced
from einlint.operations.segments import windows
from einlint.operations.table import denotes
from einlint.program.deciding import decider, require
from einlint.program.terms import Unprovable
from einlint.program.value import Value, opaque

_FINEST = 64


def _pool(
    function: str,
    count: int,
    x: Value,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: Any,
    counts_zeros: bool = False,
) -> Value:
    batched(x, count)
    check_full(x)
    kernel = each(kernel_size, count)
    if counts_zeros and not decider().by_shape and _fits(each(padding, count), kernel) and ceil_mode is False:
        x, padding = surrounded(x, each(padding, count)), 0
    steps = kernel if stride is None or stride == () or stride == [] else each(stride, count)
    added, gaps = [p * 2 for p in each(padding, count)], each(dilation, count)
    plain = all(p == ZERO for p in added) and all(g == ONE for g in gaps) and ceil_mode is False
    fixed = all(n.constant is not None for n in (*kernel, *steps))
    if plain and fixed and not decider().by_shape:
        patches = x
        for size, step in zip(kernel, steps, strict=True):
            patches = windows(patches, -count, size.constant or 0, step.constant or 0)
        return replace(reduced(function, patches, list(range(-count, 0))), contiguous=x.contiguous)
    decider().admit("padding, dilation or a rounding up")
    numbers = zip(x.shape[-count:], kernel, steps, added, gaps, strict=True)
    sizes = [_rounded_up(*n) if ceil_mode else window_count(*n) for n in numbers]
    return opaque([*x.shape[:-count], *sizes], x)


def _fits(padding: Sequence[Dim], kernel: Sequence[Dim]) -> bool:
    """Whether libraries take this padding: at most half a window, given as numbers."""
    return all(
        p.constant is not None and k.constant is not None and 0 <= 2 * p.constant <= k.constant
        for p, k in zip(padding, kernel, strict=True)
    )


def _rounded_up(size: Dim, kernel: Dim, stride: Dim, padding: Dim, dilation: Dim) -> Dim:
    """The count of windows where the last one may reach over the end, but not start there."""
    span = size + padding - dilation * (kernel - 1) - 1
    count = (span + stride - 1) // stride + 1
    if (dilation * (kernel - 1) * 2 + 2 - stride * 2 - padding).constant in range(1 << 16):
        return count
    reaches = decider().at_least((count - 1) * stride * 2, size * 2 + padding)
    return count - 1 if reaches else count


def _max(count: int) -> Callable[..., Any]:
    def entry(
        input: Value,  # noqa: A002
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        ceil_mode: Any = False,
        return_indices: Any = False,
    ) -> Any:
        result = _pool("max", count, input, kernel_size, stride, padding, dilation, ceil_mode)
        return (result, opaque(result.shape, replace(result, dtype="int64"))) if return_indices else result

    return entry


def _mean(count: int) -> Callable[..., Value]:
    def entry(
        input: Value,  # noqa: A002
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: Any = False,
        count_include_pad: Any = True,
        divisor_override: Any = None,
    ) -> Value:
        if divisor_override is not None:
            decider().admit("another divisor")
        counts_zeros = count_include_pad is True
        return _pool("mean", count, input, kernel_size, stride, padding, 1, ceil_mode, counts_zeros)

    return entry


def _adaptive(function: str, count: int) -> Callable[..., Any]:
    def entry(x: Value, output_size: Any, return_indices: Any = False) -> Any:
        if len(x.dims) not in (count + 1, count + 2):
            raise Unprovable("a pool that takes other ranks for some sizes only")
        check_full(x)
        given = list(output_size) if isinstance(output_size, (tuple, list)) else [output_size] * count
        require(len(given) == count, "sizes for another count of dimensions")
        own = x.shape[-count:]
        sizes = [own[k] if given[k] is None else each(given[k], 1)[0] for k in range(count)]
        if all(size == ONE for size in sizes):
            result = replace(reduced(function, x, list(range(-count, 0)), True), contiguous=False)
        else:
            decider().admit("adaptive pooling to more than one element")
            require(all(decider().at_least(size, ZERO) for size in sizes), "a negative size")
            result = opaque([*x.shape[:-count], *sizes], x)
        return (result, opaque(result.shape, replace(result, dtype="int64"))) if return_indices else result

    return entry


for _count in (1, 2, 3):
    denotes(f"F.max_pool{_count}d", f"torch.max_pool{_count}d")(_max(_count))
    denotes(f"F.avg_pool{_count}d", *(["torch.avg_pool1d"] if _count == 1 else []))(_mean(_count))
    for _name, _function in {"avg": "mean", "max": "max"}.items():
        _names = [f"F.adaptive_{_name}_pool{_count}d", *([f"torch.adaptive_{_name}_pool1d"] if _count == 1 else [])]
        denotes(*_names)(_adaptive(_function, _count))


@denotes("F.interpolate", "F.upsample")
def interpolate(x: Value, size: Any = None, scale_factor: Any = None, **options: Any) -> Value:
    decider().admit("an interpolation")
    count = len(x.dims) - 2
    require(count >= 1, "a tensor without spatial dimensions")
    require(count <= 3 and (size is None) is not (scale_factor is None), "a size or a factor")
    if size is not None:
        sizes = each(size, count)
    else:
        scales = list(scale_factor) if isinstance(scale_factor, (tuple, list)) else [scale_factor] * count
        sizes = [_scaled(own, by) for own, by in zip(x.shape[2:], scales, strict=True)]
    return opaque([*x.shape[:2], *sizes], x)


def _scaled(size: Dim, factor: Any) -> Dim:
    if isinstance(factor, (int, Dim)):
        return size * dim(factor)
    if not isinstance(factor, float):
        raise Unprovable("a factor that is no number")
    exact = Fraction(factor).limit_denominator(_FINEST)
    if float(exact) != factor:
        raise Unprovable("a factor that is no small fraction")
    return size * exact.numerator // exact.denominator
