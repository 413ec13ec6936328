"""Functions of a file as bindings and a result."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from einlint.equivalence_cli import equiv
from einlint.verification.batch import Workers, running
from einlint.verification.degree import degree
from einlint.verification.expressions import NotParsed, Refused, parse
from einlint.verification.functions import as_text, both_as_text, is_function
from einlint.verification.problems import QuestionError
from einlint.verification.question import parse_question
from einlint.verification.report import in_words

FILE = '''
import numpy
import torch
import torch.nn.functional as nnf
import mylib as np
from einops import rearrange as r
from mylib import rearrange
from torch import nn

LIMIT = 3
F = object()
try:
    import math
except ImportError:
    import mylib as math


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


@torch.no_grad()
def decorated(q):
    return q


def sum(q):
    return 1


def twice(q):
    return q


twice = sum


class Module:
    def forward(self, q):
        return q


def uses_np(q):
    return np.abs(q)


def uses_rearrange(q):
    return rearrange(q, "a b -> b a")


def uses_f(q):
    return F.relu(q)


def uses_sum(q):
    return sum(q)


def uses_math(q):
    return q * math.pi


def uses_limit(q):
    return q * LIMIT


def reads_early(q):
    p = nnf.relu(q)
    s = r2(q)
    r2 = p
    return s


def kept(q):
    z = zip(q, q)
    return [a * b for a, b in z]


def nested(q):
    (a, b), c = q
    return a


def star(q):
    a, *b = q.shape
    return q.reshape(a, -1)


def library(torch):
    return torch * 2


def number(q):
    k, m = 5, 7
    return q[:k] * m
'''


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "scores.py"
    file.write_text(FILE)
    return str(file)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pytest.importorskip("torch")
    pytest.importorskip("einops")
    with running(1, "cpu") as workers:
        yield workers


def test_a_side_is_a_function_of_a_file() -> None:
    assert is_function("scores.py::plain") and is_function("scores.py::Module.forward")
    assert not any(map(is_function, ("x[::2]", "scores.py", "x.py::a b")))


def test_statements_become_bindings_that_each_have_a_name_of_their_own(path: str) -> None:
    parameters, text = as_text(f"{path}::steps", None)
    assert parameters == ["a", "b"]
    assert text.splitlines() == [
        "(a_2, b_2,) = (einops.rearrange(t, 'b n d -> b d n') for t in (a, b))",
        "scores = F.softmax(a_2, dim=-1)",
        "scores * b_2",
    ]


def test_numbers_stand_where_they_are_used(path: str) -> None:
    assert as_text(f"{path}::number", None)[1] == "q[:5] * 7"


def test_the_second_function_takes_the_names_of_the_first(path: str) -> None:
    left, right = both_as_text(f"{path}::plain", f"{path}::steps")
    assert left == "q @ k.mT"
    assert "in (q, k)" in right


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent", "has no function `absent`"),
        ("branches", "not straight-line code"),
        ("defaults", "plain positional"),
        ("decorated", "has a decorator"),
        ("twice", "more than one function `twice`"),
        ("Module.forward", "`Module.forward` is a method"),
        ("uses_np", "`np.abs` in .* is nothing of torch"),
        ("uses_rearrange", "`rearrange` in .* is nothing of torch"),
        ("uses_f", "`F.relu` in .* is nothing of torch"),
        ("uses_sum", "`sum` in .* is nothing of torch"),
        ("uses_math", "`math.pi` in .* is nothing of torch"),
        ("uses_limit", "`LIMIT` in .* is nothing of torch"),
        ("reads_early", "reads `r2` before it is assigned"),
        ("kept", "keeps an iterator"),
        ("nested", "assigns to more than names"),
        ("star", "assigns to more than names"),
        ("library", "the parameter `torch` has the name"),
    ],
)
def test_what_is_refused(path: str, name: str, reason: str) -> None:
    with pytest.raises(QuestionError, match=reason):
        as_text(f"{path}::{name}", None)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="cannot read"):
        as_text(f"{tmp_path}/none.py::f", None)


@pytest.mark.parametrize("text", ["x = 1\nx", "y = x\ny = x\ny", "np = x\nx", "y = (t for t in x)\nx", "y = zip(x)\nx"])
def test_bindings_that_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse(text, ["x"])


@pytest.mark.parametrize("text", ["y = x", "x; x", "y += x\nx", "y = z = x\nx", "import os\nx", "def f(): pass\nx"])
def test_what_is_neither_an_expression_nor_bindings(text: str) -> None:
    with pytest.raises(NotParsed):
        parse(text, ["x"])


def test_the_limit_on_nodes_holds_for_all_bindings_together() -> None:
    rows = [f"y{k + 1} = y{k} + y{k}" for k in range(60)]
    parse("\n".join(["y0 = x", *rows[:40], "y40"]), ["x"])
    with pytest.raises(Refused, match="nodes, more than"):
        parse("\n".join(["y0 = x", *rows, *(f"z{k} = x" for k in range(60)), "y60"]), ["x"])


SIDES = [
    ("y = x.mul_(2); return x", "return x", "x: n", "different"),
    ("y = x[10]; return x", "return x", "x: n", "different"),
    ("x.add_(1); return x", "return x", "x: n", "different"),
    ("y = x.clone(); y.add_(1); return y", "return x + 1", "x: n", "unknown"),
    ("y = torch.nn.functional.relu(x, True); return x", "return torch.relu(x)", "x: n", "unknown"),
    ("s = x.sum(); y = x.mul_(0); return y + s", "return x * 0", "x: n", "different"),
    ("y = 7 * x; return torch.stack([x + y for x in [y, y]])[0]", "return 56 * x", "x: n", "different"),
    ("y = 7 * x; return torch.stack([x + y for x in [y, y]])[0]", "return 14 * x", "x: n", "proved"),
    ("p, q = x.split(2, 1); return p", "return x[:, :2]", "x: b n", "different"),
    ("b, n = x.shape; return x.reshape(b * n, -1)", "return x.reshape(x.shape[0] * x.shape[1], -1)", "x: a b c",
     "different"),
    ("b, n = x.shape; return x.reshape(n * b)", "return x.flatten()", "x: b n", "proved"),
    ("y = x; x = x + 1; return x + y", "return 2 * x + 1", "x: n", "proved"),
    ("s = x.sum(0); return s * s", "return x.sum(0) * x.sum(0)", "x: n m", "proved"),
    ("s = x.sum(0); return s * s", "return (x * x).sum(0)", "x: n m", "different"),
    ("y = x @ x; y = y @ y; return y", "return x @ x @ x @ x", "x: n n", "proved"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "axes", "verdict"), SIDES)
def test_statements_run_in_their_order(
    workers: Workers, tmp_path: Path, one: str, other: str, axes: str, verdict: str
) -> None:
    file = tmp_path / "sides.py"
    bodies = {name: "\n    ".join(body.split("; ")) for name, body in (("one", one), ("other", other))}
    file.write_text("import torch\n" + "".join(f"def {name}(x):\n    {body}\n" for name, body in bodies.items()))
    a, b = both_as_text(f"{file}::one", f"{file}::other")
    fields = {"a": a, "b": b, "tensors": {"x": axes.partition(": ")[2]}}
    found = workers.decide(fields)
    assert found.verdict == verdict, found
    if verdict == "different":
        code = in_words(parse_question(fields), found).split("\n", 1)[1]
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        raised = code.partition("# raises ")[2].partition(":")[0]
        assert ran.returncode == bool(raised), ran.stderr
        assert raised in ran.stderr


@pytest.mark.parametrize(
    "module",
    [
        "import torch\nfrom mylib import *",
        "import torch\ndef g():\n    global torch\n    torch = 3",
        "import torch\ntorch = None",
        "import torch\ntorch.relu = len",
        "import torch\ndel torch",
        "import torch\nfor torch in []: pass",
        "from mylib import *",
        "",
    ],
)
def test_names_that_the_module_may_bind_to_something_else(tmp_path: Path, module: str) -> None:
    file = tmp_path / "names.py"
    file.write_text(f"{module}\ndef f(x):\n    return torch.relu(x)\n")
    with pytest.raises(QuestionError, match=r"`torch.relu` in .* is nothing of torch"):
        as_text(f"{file}::f", None)


def test_the_degree_counts_what_bindings_and_comprehensions_read_again() -> None:
    text = "y = x * x\nz = torch.stack([t * t for t in [y]])\nz"
    question = parse_question({"a": text, "b": "x", "tensors": {"x": "n"}})
    assert degree(question) == 6  # y, and twice what is read from it


def test_a_counterexample_has_names_of_its_own() -> None:
    pytest.importorskip("torch")
    result = CliRunner().invoke(equiv, ["a - b", "b - a", "--tensors", "a: n; b: n", "--device=cpu"])
    code = result.output.split("\n", 1)[1]
    ran = subprocess.run(
        [sys.executable, "-c", code + "\nassert (a_ == -b_).all() and (a_ != b_).any()"], capture_output=True, text=True
    )
    assert ran.returncode == 0, code + ran.stderr


def test_a_function_is_not_compared_with_an_expression(path: str) -> None:
    result = CliRunner().invoke(equiv, [f"{path}::plain", "q @ k.mT", "--tensors", "q: n d; k: m d"])
    assert result.exit_code == 2 and "one side is a function and the other an expression" in result.output
