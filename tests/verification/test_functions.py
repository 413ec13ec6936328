"""Functions of a file as expressions."""

from __future__ import annotations

from pathlib import Path

import pytest

from einlint.verification.functions import both_inlined, inlined, is_function
from einlint.verification.problems import QuestionError

FILE = '''
import numpy
import torch.nn.functional as nnf
from einops import rearrange as r
from torch import nn

LIMIT = 3


def plain(q, k):
    """Scores."""
    return q @ k.mT


def steps(a, b):
    a, b = (r(t, "b n d -> b d n") for t in (a, b))
    scores = nnf.softmax(a, dim=-1)
    return scores * b


def branches(q):
    if q.ndim == 3:
        q = q[0]
    return q


def defaults(q, scale=2.0):
    return q * scale
'''


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "scores.py"
    file.write_text(FILE)
    return str(file)


def test_a_side_is_a_function_of_a_file() -> None:
    assert is_function("scores.py::plain")
    assert not any(map(is_function, ("x[::2]", "scores.py", "x.py::a b")))


def test_local_names_are_replaced(path: str) -> None:
    parameters, text = inlined(f"{path}::steps", None)
    assert parameters == ["a", "b"]
    first, second = (f"[einops.rearrange(t, 'b n d -> b d n') for t in (a, b)][{k}]" for k in (0, 1))
    assert text == f"F.softmax({first}, dim=-1) * {second}"


def test_the_second_function_takes_the_names_of_the_first(path: str) -> None:
    left, right = both_inlined(f"{path}::plain", f"{path}::steps")
    assert left == "q @ k.mT"
    assert "in (q, k)" in right


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent", "has no function `absent`"),
        ("branches", "not straight-line code: row 22"),
        ("defaults", "plain positional"),
    ],
)
def test_what_is_no_straight_line_function(path: str, name: str, reason: str) -> None:
    with pytest.raises(QuestionError, match=reason):
        inlined(f"{path}::{name}", None)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="cannot read"):
        inlined(f"{tmp_path}/none.py::f", None)
