"""What is printed of a verdict. The code of a counterexample is run: it prints what its comments say."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest

from einlint.verification.further import decided
from einlint.verification.question import parse_question
from einlint.verification.report import in_words
from einlint.verification.workers import WorkerProcess

torch = pytest.importorskip("torch")
pytest.importorskip("einops")

LONG = "x[:600].abs().amax(0)"

# tensors, a, b, further fields, what the code must hold
PRINTED: list[tuple[dict[str, str], str, str, dict[str, Any], str]] = [
    ({"x": "n"}, "x[:2].sum()", "x.sum()", {}, "torch.tensor([1.0, 2.0, 3.0]"),
    ({"x": "n"}, "x[:64].sum()", "x.sum()", {}, "(torch.arange(1, 66) % 101).reshape((65,))"),
    ({"x": "n"}, LONG, "x.abs().amax(0)", {}, 'draw("rising", "float64", (601,), rng)'),
    ({"x": "n"}, "np.abs(x[:600]).max(0)", "np.abs(x).max(0)", {"framework": "numpy"}, ".astype(np.float64)"),
    ({"x": "n"}, "x[:64].sum()", "x.sum()", {"framework": "numpy"}, "(np.arange(1, 66) % 101).reshape((65,))"),
    ({"x": "n"}, "x[:64].sum()", "x.sum()", {"dtypes": {"x": "int64"}}, ".to(torch.int64)"),
    ({"x": "a b"}, "x.conj()", "x * 1", {"dtypes": {"x": "complex128"}}, "j"),
    ({"x": "a b"}, "x[:0]", "x[:, :0]", {"constraints": ["a >= 0"]}, "torch.zeros((0, 1), dtype=torch.float64)"),
    ({"x": "a b"}, "x.sum(0)", "x.sum(1)", {}, "shape (1,), dtype torch.float64"),
    ({"x": "n"}, "x + torch.ones(3)", "x + 1", {}, "torch.set_default_dtype(torch.float64)"),
    ({"x": "n"}, "F.relu(x)", "rearrange(x, 'a -> a')", {}, "import torch.nn.functional as F\nfrom einops import"),
    ({"x": "a b"}, "(x.flatten().add_(1), x)[1]", "x", {"mutates": True}, "add_(1)"),
    ({"a": "n", "b": "n"}, "a + b", "a - b", {}, "a_ = a + b"),
    ({"x": "n"}, "x.reshape(2, -1).sum()", "x.sum()", {}, "# raises"),
    ({"x": "n"}, "x.log()", "(x + 0).log().nan_to_num()", {}, "nan"),
]


@pytest.fixture(autouse=True)
def same_default() -> Iterator[None]:
    """Printed code may set the default dtype."""
    before = torch.get_default_dtype()
    yield
    torch.set_default_dtype(before)


def printed(worker: WorkerProcess, tensors: dict[str, str], a: str, b: str, **fields: Any) -> str:
    question = parse_question({"tensors": tensors, "a": a, "b": b, **fields})
    return in_words(question, decided(question, worker))


@pytest.mark.parametrize(("tensors", "a", "b", "fields", "held"), PRINTED)
def test_a_counterexample_runs(
    worker: WorkerProcess, tensors: dict[str, str], a: str, b: str, fields: dict[str, Any], held: str
) -> None:
    text = printed(worker, tensors, a, b, **fields)
    head, _, code = text.partition("\n\n")
    assert head.startswith("different: ")
    assert held in code
    comments = [line.removeprefix("# ") for line in code.splitlines() if line.startswith("# ")]
    told = [re.sub(r"np\.\w+\((.*)\)", r"\1", line) for line in comments if not line.startswith("shape (")]
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        if told[-1].startswith("raises "):
            with pytest.raises(Exception) as raised:  # noqa: PT011
                exec(code, {})
            assert told.pop() == f"raises {type(raised.value).__name__}: {raised.value}"
        else:
            exec(code, {})
    assert re.sub(r", dtype=[\w.]+", "", output.getvalue()).splitlines() == told  # dtypes are told with the shapes


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("x[:10**9].sum()", "x.sum()", "unknown: sizes around `"),
        ("x.sum(0)", "x.sum(0)", "equal (proved for all sizes): the sides agreed in all "),
        ("x.view(-1)", "x.flatten()", "equal (proved for all sizes)"),
        ("x[:]", "x * 1", "differs in aliasing at a = 1, b = 1: the first shares memory with `x`, the second shares"),
        ("x.amax(1)", "x.max(1).values", "differs in gradient at "),
    ],
)
def test_other_verdicts_in_words(worker: WorkerProcess, a: str, b: str, expected: str) -> None:
    assert expected in printed(worker, {"x": "a b"}, a, b)


def test_what_to_install_is_said(worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WorkerProcess, "missing", lambda self, packages: list(packages))
    text = printed(worker, {"x": "n"}, "x", "x")
    assert text == "unknown: running them needs numpy and torch: install `einlint[torch]`"
