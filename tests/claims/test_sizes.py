"""Arithmetic in shapes has the value that Python gives it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einlint.claims.sizes import NotASize, read_size

SIZES = {"a": 6, "b": 4, "n_1": 5}
leaves = st.sampled_from([*SIZES, "1", "2", "12"])
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(["+", "-", "*", "//", "%", "**"]), inner),
        st.builds("-{}".format, inner),
        st.builds("+{}".format, inner),
        st.builds("({})".format, inner),
    ),
    max_leaves=6,
)


@given(expressions)
def test_the_value_is_that_of_python(text: str) -> None:
    try:
        size = read_size(text)
    except NotASize:
        assert len(text) > 80
        return
    if size is not None:
        assert size.value(SIZES) == eval(text, {}, SIZES)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("h*w", "h*w"),
        ("dim-1", "dim - 1"),
        ("(n + 1) // 2", "(n + 1)//(2)"),
        ("4*h/2", "2*h"),
        ("h/2", "None"),
        ("h//0", "None"),
        ("min(h, w-1)", "None"),
        ("f()", "None"),
        ("2**n", "None"),
        ("(a+b)**2", "None"),
        ("9**9**9", "None"),
        ("H'", "H'"),
        ("{self.dim}*2", "2*{self.dim}"),
        ("{n:03d}", "None"),
        ("config.width", "config.width"),
    ],
)
def test_sizes(text: str, size: str) -> None:
    assert str(read_size(text)) == size


@pytest.mark.parametrize(
    "text", ["", "a b", "a+", "*a", "(a", "a)", "a,b", "f(a", "f(a b)", "2.5", "a==b", "'a'", "+" * 99]
)
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(NotASize):
        read_size(text)
