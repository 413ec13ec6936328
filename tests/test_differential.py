"""einlint's verdict on a call against the real einops over sizes that fit, on generated calls.

20,000 calls by default; `EINLINT_EXAMPLES=200000 pytest tests/test_differential.py` runs more, with
a fresh seed each time.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import einops
import einops.layers.torch
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from einlint.checking import check
from einlint.patterns.expressions import parse_arrow, parse_axes, parse_einops_einsum
from einlint.patterns.model import Expression
from einlint.registry import enabled_codes
from einlint.settings import Settings

EXAMPLES = int(os.environ.get("EINLINT_EXAMPLES", "20000"))
ENABLED = Settings(frozenset(code for code in enabled_codes(None) if not code.startswith("EIN3")))
"""Silent mistakes run."""
MAKERS: tuple[Callable[[tuple[int, ...]], Any], ...] = (np.ones, torch.ones)
NAMES = ("a", "b", "c", "d")
RARE_NAMES = ("_", "_a", "a_", "1", "2", "0", "01", "…", "if", "é", "axis", "a.b", "²", "٣")
NOISE = " ()->,.*\n\t…_a1+"
LENGTHS = (1, 2, 3)
RARE_LENGTHS = (0, -1, -2, 2.0, None, "2")

fraction = st.integers(0, 9)


def campaign(share: float) -> Callable[[Any], Any]:
    """Hypothesis settings for a share of the examples; the default number runs the same calls each time."""
    return settings(
        max_examples=max(1, int(EXAMPLES * share)),
        derandomize="EINLINT_EXAMPLES" not in os.environ,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@st.composite
def expressions(draw: st.DrawFn, names: list[str], allow_groups: bool = True) -> str:
    """One side of a pattern over these names, in order, with some groups and some rare axes."""
    words = [name if draw(fraction) else draw(st.sampled_from(RARE_NAMES)) for name in names]
    if not draw(fraction):
        words.insert(draw(st.integers(0, len(words))), draw(st.sampled_from(("...", "1", "()", "...", "2"))))
    if allow_groups and len(words) > 1 and draw(fraction) < 4:
        first = draw(st.integers(0, len(words) - 1))
        last = draw(st.integers(first + 1, len(words)))
        words[first:last] = [f"({' '.join(words[first:last])})"]
    return " ".join(words)


@st.composite
def noisy(draw: st.DrawFn, text: str) -> str:
    """The text, sometimes with one character added, dropped or replaced."""
    if draw(fraction) > 1 or not text:
        return text
    at = draw(st.integers(0, len(text) - 1))
    char = draw(st.sampled_from(NOISE))
    return text[:at] + draw(st.sampled_from(("", char, char + text[at]))) + text[at + 1 :]


@st.composite
def arrow_patterns(draw: st.DrawFn) -> str:
    left = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    right = draw(st.permutations(left))
    change = draw(fraction)
    if change == 0 and right:
        right = right[1:]
    if change == 1:
        right = [*right, draw(st.sampled_from((*NAMES, "e")))]
    ellipsis = ["..."] if not draw(st.integers(0, 4)) else []
    return draw(noisy(f"{draw(expressions(left + ellipsis))} -> {draw(expressions(right + ellipsis))}"))


@st.composite
def lengths(draw: st.DrawFn, pattern: str) -> dict[str, Any]:
    """Lengths for some names of the pattern, sometimes for another name, sometimes an odd value."""
    names = sorted(
        {word for word in pattern.replace("(", " ").replace(")", " ").split() if word.isidentifier()} - {"if"}
    )
    chosen = [name for name in names if draw(fraction) < 4]
    if not draw(fraction):
        chosen.append(draw(st.sampled_from(("z", "aa", "_a"))))
    values = st.sampled_from(LENGTHS if draw(fraction) else RARE_LENGTHS)
    return {name: draw(values) for name in dict.fromkeys(chosen)}


def reported(call: str) -> list[str]:
    """The findings of einlint on a call of einops."""
    source = f"from einops import *\nfrom einops.layers.torch import EinMix, Rearrange, Reduce\ny = {call}\n"
    return [f"{f.code} {f.message}" for f in check(source.encode(), "/nowhere/call.py", ENABLED).findings]


def runs(function: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function(*args, **kwargs)
    except Exception:
        return False
    return True


def shapes_that_fit(expression: Expression, given_lengths: dict[str, Any]) -> Iterator[tuple[int, ...]]:
    """Shapes of an operand, with the ellipsis of rank 0 to 2 and unknown axes of length 2, 1 or 6."""
    for size, rank in product((2, 1, 6), range(3)):
        shape: list[int] = []
        for group in expression.groups:
            if group.axes and group.axes[0].is_ellipsis and not group.bracketed:
                shape += [size] * rank
                continue
            total = 1
            for axis in group.axes:
                known = given_lengths.get(axis.name)
                total *= int(axis.name) if axis.is_number else known if isinstance(known, int) else size
            shape.append(max(total, 0))
        yield tuple(shape)


def any_shape() -> Iterator[tuple[int, ...]]:
    """Shapes of all ranks up to 5 whose sizes fit many patterns."""
    for rank in range(6):
        yield from dict.fromkeys((size,) * rank for size in (0, 1, 6, 12))


def agree(call: str, found: list[str], works: bool) -> None:
    assert works != bool(found), f"{call}: einops {'runs it' if works else 'raises'}, einlint says {found or 'nothing'}"


def keywords(values: dict[str, Any]) -> str:
    return "".join(f", {name}={value!r}" for name, value in values.items())


REDUCTION = st.sampled_from(("prod", "sum", "any", "rearrange", "repeat", "avg", "Mean"))


@campaign(0.6)
@given(st.data())
def test_rearrange_reduce_repeat(data: st.DataObject) -> None:
    function = data.draw(st.sampled_from(("rearrange", "reduce", "repeat")))
    pattern = data.draw(arrow_patterns())
    given_lengths = data.draw(lengths(pattern))
    extra = (data.draw(REDUCTION),) if function == "reduce" else ()
    call = f"{function}(x, {pattern!r}{''.join(f', {e!r}' for e in extra)}{keywords(given_lengths)})"
    parsed = parse_arrow(pattern)
    fitting = list(shapes_that_fit(parsed.inputs[0], given_lengths)) if parsed.valid else [(6,), (6, 6), (6, 6, 6)]
    attempts = [(make, shape) for shape in fitting for make in MAKERS]
    attempts += [(MAKERS[0], shape) for shape in any_shape()]
    real = getattr(einops, function)
    works = any(runs(real, make(shape), pattern, *extra, **given_lengths) for make, shape in attempts)
    agree(call, reported(call), works)


@campaign(0.1)
@given(st.data())
def test_layers(data: st.DataObject) -> None:
    layer = data.draw(st.sampled_from(("Rearrange", "Reduce")))
    pattern = data.draw(arrow_patterns())
    given_lengths = {k: v for k, v in data.draw(lengths(pattern)).items() if isinstance(v, int) and v > 0}
    extra = (data.draw(st.sampled_from(("max", "mean", "rearrange", "avg"))),) if layer == "Reduce" else ()
    call = f"{layer}({pattern!r}{''.join(f', {e!r}' for e in extra)}{keywords(given_lengths)})"
    works = runs(getattr(einops.layers.torch, layer), pattern, *extra, **given_lengths)
    agree(call, reported(call), works)


@campaign(0.1)
@given(st.data())
def test_einmix(data: st.DataObject) -> None:
    pattern = data.draw(arrow_patterns())
    names = st.lists(st.sampled_from((*NAMES, "e")), max_size=3)
    weight = data.draw(noisy(data.draw(expressions(data.draw(names), allow_groups=not data.draw(fraction)))))
    bias = data.draw(st.none() | names.flatmap(lambda n: expressions(n)))
    sized = {name: data.draw(st.sampled_from(LENGTHS)) for name in (*NAMES, "e") if data.draw(fraction) < 8}
    known = set(parse_arrow(pattern).inputs[0].identifiers) | set(parse_axes(weight).inputs[0].identifiers)
    given_lengths = {k: v for k, v in sized.items() if k in known or not data.draw(fraction)}
    arguments = f"{pattern!r}, {weight!r}" + (f", {bias!r}" if bias is not None else "")
    call = f"EinMix({arguments}{keywords(given_lengths)})"
    works = runs(einops.layers.torch.EinMix, pattern, weight, bias, **given_lengths)
    agree(call, reported(call), works)


@campaign(0.1)
@given(st.data())
def test_einsum(data: st.DataObject) -> None:
    names = st.lists(st.sampled_from(NAMES), max_size=3)
    inputs = [data.draw(expressions(data.draw(names), allow_groups=False)) for _ in range(data.draw(st.integers(1, 3)))]
    output = data.draw(expressions(data.draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True)), False))
    pattern = data.draw(noisy(f"{', '.join(inputs)} -> {output}"))
    count = len(inputs) if data.draw(fraction) else data.draw(st.integers(0, 3))
    call = f"einsum({''.join(f'x{i}, ' for i in range(count))}{pattern!r})"
    parsed = parse_einops_einsum(pattern)
    fitting = [list(shapes_that_fit(e, {})) for e in parsed.inputs][:count] if parsed.valid else []
    options: list[tuple[tuple[int, ...], ...]] = list(zip(*fitting, strict=True)) if len(fitting) == count else []
    options += (
        list(product([(size,) * rank for rank in range(5) for size in (1, 2)], repeat=count)) if not options else []
    )
    works = any(runs(einops.einsum, *map(make, operands), pattern) for operands in options for make in MAKERS)
    agree(call, reported(call), works)


@campaign(0.05)
@given(st.data())
def test_pack_and_unpack(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(NAMES), max_size=2, unique=not data.draw(fraction)))
    words = [*names]
    for _ in range(data.draw(st.sampled_from((1, 1, 1, 1, 0, 2)))):
        words.insert(data.draw(st.integers(0, len(words))), "*")
    pattern = data.draw(noisy(data.draw(expressions(words, allow_groups=not data.draw(fraction)))))
    shapes = [(2,) * rank for rank in range(6)]
    packed = f"pack([x, x], {pattern!r})"
    agree(packed, reported(packed), any(runs(einops.pack, [np.ones(s), np.ones(s)], pattern) for s in shapes))
    sizes = data.draw(
        st.lists(st.lists(st.sampled_from((1, 2, -1)), max_size=2).map(tuple) | st.just(2), min_size=1, max_size=2)
    )
    unpacked = f"unpack(x, {sizes!r}, {pattern!r})"
    dims = [(size,) * rank for rank in range(6) for size in range(1, 10)]
    works = any(runs(einops.unpack, np.ones(s), sizes, pattern) for s in dims)
    agree(unpacked, reported(unpacked), works)


@campaign(0.05)
@given(st.data())
def test_parse_shape(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from((*NAMES, "_")), max_size=3))
    pattern = data.draw(noisy(data.draw(expressions(names))))
    call = f"parse_shape(x, {pattern!r})"
    fitting = list(shapes_that_fit(parse_axes(pattern, underscore=True).inputs[0], {}))
    shapes = [*fitting, *((size,) * rank for rank in range(7) for size in (1, 2, 3))]
    agree(call, reported(call), any(runs(einops.parse_shape, np.empty(s), pattern) for s in shapes))


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        pytest.param("reduce", ("a b -> b a", "rearrange"), id="reduce rearranges"),
        pytest.param("repeat", ("a b -> a b 2",), id="repeat takes a number"),
        pytest.param("rearrange", ("0 b -> b 0",), id="no axis has length 0"),
        pytest.param("rearrange", ("… b -> b …",), id="the ellipsis of one character is an axis"),
    ],
)
def test_what_the_campaigns_found(function: str, arguments: tuple[str, ...]) -> None:
    works = any(runs(getattr(einops, function), np.ones(shape), *arguments) for shape in any_shape())
    agree("", reported(f"{function}(x, {', '.join(map(repr, arguments))})"), works)
