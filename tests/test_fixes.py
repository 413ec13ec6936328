"""Fixes end to end: intents, rewrites, verdicts and edits, with proofs as the judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from einlint.fixes import Answer, fix
from einlint.registry import rules
from einlint.settings import Settings
from einlint.verification.question import parse_question
from einlint.verification.symbolic import prove

SETTINGS = Settings(frozenset(code for code in rules() if not code.startswith("EIN61")))
HEAD = "from einops import rearrange\n"


def proves(question: Mapping[str, Any]) -> Answer:
    return Answer("proved" if prove(parse_question(question)) else "unknown")


def fixed(text: str, judge: Any = proves, unsafe: bool = False) -> str:
    first = fix((HEAD + text).encode(), "model.py", SETTINGS, judge, unsafe)
    again = fix(first.data, "model.py", SETTINGS, judge, unsafe)
    assert again.data == first.data, "a second run changes nothing"
    return first.data.decode().removeprefix(HEAD)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("y = rearrange(x, 'a b -> b a')\n", id="one rearrange"),
        pytest.param("y = rearrange(rearrange(x, 'a b -> b a', **k), 'a b -> b a')\n", id="unknown lengths"),
        pytest.param("y = rearrange(rearrange(x, p), 'a b -> b a')\n", id="an unknown pattern"),
        pytest.param("y = rearrange(rearrange(x, '(a b) -> a b', a=f()), 'a b -> b a')\n", id="a length with effects"),
        pytest.param("y = rearrange(rearrange(x, 'a b -> b a'  # why\n), 'a b -> b a')\n", id="a comment inside"),
        pytest.param("y = rearrange(x, 'a b -> a b')\n", id="a fix that is not safe"),
        pytest.param('y = f\'{rearrange(rearrange(x, "a b -> b a"), "a b -> b a")}\'\n', id="inside an f-string"),
    ],
)
def test_left_alone(text: str) -> None:
    assert fixed(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "y = rearrange(rearrange(x, 'b n (h d) -> b h n d', h = heads), 'b h n d -> (b h) n d')\n",
            "y = rearrange(x, 'b n (h d) -> (b h) n d', h = heads)\n",
            id="lengths keep their spaces",
        ),
        pytest.param(
            'y = rearrange(\n    rearrange(f(a)[0], "b c h w -> b h w c"),\n    "b h w c -> (b h w) c",\n)\n',
            'y = rearrange(f(a)[0], "b c h w -> (b h w) c")\n',
            id="many rows, double quotes and any operand",
        ),
        pytest.param(
            "y = rearrange(rearrange(rearrange(x, 'a b c -> b a c'), 'a b c -> a c b'), 'a b c -> (a b) c')\n",
            "y = rearrange(x, 'a b c -> (b c) a')\n",
            id="three in a row",
        ),
        pytest.param(
            "é = g('ü', rearrange(rearrange(x, 'a ... -> ... a'), '... a -> a (...)'))\r\n",
            "é = g('ü', rearrange(x, 'a ... -> a (...)'))\r\n",
            id="an ellipsis, CRLF and text that is not ASCII",
        ),
    ],
)
def test_merged(text: str, expected: str) -> None:
    assert fixed(text) == expected


def test_an_unsafe_fix_needs_consent() -> None:
    assert fixed("y = rearrange(a + b, 'a b -> a b').T\n", unsafe=True) == "y = (a + b).T\n"


@pytest.mark.parametrize("verdict", ["different", "unknown"])
def test_nothing_unverified_is_written(verdict: str) -> None:
    text = "y = rearrange(rearrange(x, 'a b -> b a'), 'b a -> a b')\n"
    assert fixed(text, lambda question: Answer(verdict)) == text


def test_a_side_effect_makes_a_fix_unsafe() -> None:
    text = "y = rearrange(rearrange(x, 'a b -> b a'), 'b a -> a b')\n"
    assert fixed(text, lambda question: Answer("proved", ("aliasing",))) == text


def refuses(question: Mapping[str, Any]) -> Answer:
    raise AssertionError("a comment needs no verification")


@pytest.mark.parametrize(
    ("written", "fitting"),
    [
        ("(b, n, d)", "(b, h, n, d)"),
        ("[b, n, d]", "[b, h, n, d]"),
        ("[b x n x d]", "[b x h x n x d]"),
        ("(b,n,d)", "(b,h,n,d)"),
        ("(b, h, n, d)", "(b, h, n, d)"),
        ("shape: (b, n, d)", "shape: (b, h, n, d)"),
        ("was (b, n, d) once", "was (b, n, d) once"),
    ],
)
def test_a_stale_shape_comment_is_mended(written: str, fitting: str) -> None:
    code = "y = rearrange(x, 'b n (h d) -> b h n d', h=2)"
    assert fixed(f"{code}  # {written}\n", refuses) == f"{code}  # {fitting}\n"
