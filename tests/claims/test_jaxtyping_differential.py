"""Dimension strings are read as jaxtyping reads them: the same are accepted, and they match the same shapes."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from einlint.claims.model import ClaimedAxis
from einlint.claims.strings import read_jaxtyping

jaxtyping = pytest.importorskip("jaxtyping")

Sizes = tuple[int, ...]

EXPRESSIONS = "a+1 a-1 2*a a*b (a+b)*2 a//2 a%2 -a+4 2**2 (a*2) {2} {1+1}*a min(a,b) a//b+1 -2**2+6 (a a) a+ +".split()
bodies = st.sampled_from([*"abc", "ab", "a1", "1", "2", "3", "-1", "1_0", "", "...", "a..", *EXPRESSIONS])
marks = st.lists(st.sampled_from(["#", "*", "_", "?", "n=", "3="]), max_size=3).map("".join)
plain = st.sampled_from([*"abcabc123_", "...", "*c", "#a", "_b", "rows=2", "2*a", "a+1", "#*c"])
token = st.one_of(plain, plain, st.builds("{}{}{}".format, marks, bodies, st.sampled_from(["", "", "", "#", ",", "="])))
texts = st.builds(str.__add__, st.sampled_from(["", " "]), st.lists(token, max_size=4).map(" ".join))
shapes = st.lists(st.integers(1, 4), max_size=4).map(tuple)


def construct(text: str) -> Any:
    try:
        return jaxtyping.Shaped[np.ndarray, text]
    except ValueError:
        return None


def evaluates(annotation: Any) -> bool:
    """Whether the arithmetic is Python and a number: jaxtyping sees that only at the first check."""
    sizes = [re.sub(r"\{.*?\}", "1", dim.elem) for dim in annotation.dims if hasattr(dim, "elem")]
    try:
        return not any(isinstance(ast.parse(size, mode="eval").body, ast.Tuple) for size in sizes)
    except SyntaxError:
        return False


def is_degenerate(annotation: Any) -> bool:
    """Modifiers of nothing name an axis the empty string, which jaxtyping even remembers; here it is anonymous."""
    return any(getattr(dim, "name", None) == "" for dim in annotation.dims)


def size_of(axis: ClaimedAxis, names: Mapping[str, int]) -> int:
    assert axis.size is not None
    holes = {symbol: eval(symbol[1:-1]) for symbol in axis.size.symbols if symbol[0] == "{"}
    return axis.size.value({**names, **holes})


class Matcher:
    """What jaxtyping does with a shape, on our axes."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.several: dict[str, tuple[bool, Sizes]] = {}

    def matches(self, axes: Sequence[ClaimedAxis], shape: Sizes) -> bool:
        names, several = dict(self.names), dict(self.several)
        if self._all(axes, shape):
            return True
        self.names, self.several = names, several
        return False

    def _all(self, axes: Sequence[ClaimedAxis], shape: Sizes) -> bool:
        place = next((i for i, axis in enumerate(axes) if axis.variadic), None)
        if place is None:
            return len(axes) == len(shape) and self._each(axes, shape)
        after = len(axes) - place - 1
        end = len(shape) - after
        if end < place or not self._each(axes[:place], shape[:place]) or not self._each(axes[place + 1 :], shape[end:]):
            return False
        return not axes[place].name or self._variadic(axes[place], shape[place:end])

    def _each(self, axes: Sequence[ClaimedAxis], shape: Sizes) -> bool:
        return all(self._one(axis, size) for axis, size in zip(axes, shape, strict=True))

    def _one(self, axis: ClaimedAxis, size: int) -> bool:
        if axis.broadcasts and size == 1:
            return True
        if axis.size is not None:
            return size_of(axis, self.names) == size
        return not axis.name or self.names.setdefault(axis.name, size) == size

    def _variadic(self, axis: ClaimedAxis, shape: Sizes) -> bool:
        broadcasts, known = self.several.setdefault(axis.name, (axis.broadcasts, shape))
        if not broadcasts and not axis.broadcasts:
            return shape == known
        try:
            joint = np.broadcast_shapes(shape, known)
        except ValueError:
            return False
        if broadcasts:
            self.several[axis.name] = (axis.broadcasts, joint)
            return axis.broadcasts or joint == shape
        return joint == known


@settings(max_examples=500, deadline=None)
@given(texts)
def test_the_same_strings_are_accepted(text: str) -> None:
    annotation = construct(text)
    assert (read_jaxtyping(text) is not None) == (annotation is not None and evaluates(annotation))


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(texts, shapes), min_size=1, max_size=3))
def test_they_match_the_same_shapes(pairs: list[tuple[str, Sizes]]) -> None:
    matcher = Matcher()
    with jaxtyping.jaxtyped("context"):
        for text, shape in pairs:
            annotation, axes = construct(text), read_jaxtyping(text)
            assume(annotation is not None and axes is not None and "?" not in text and "min" not in text)
            assert axes is not None
            assume(not is_degenerate(annotation))
            try:
                expected = isinstance(np.zeros(shape), annotation)
            except (jaxtyping.AnnotationError, ArithmeticError):
                assume(False)
            assert matcher.matches(axes, shape) == expected
