"""Which files are parsed, and which calls of plain code make a function worth reading."""

from __future__ import annotations

import pytest

from einlint.calls import CallFinder
from einlint.checking import check
from einlint.marks import Marks
from einlint.registry import enabled_codes
from einlint.settings import Settings
from einlint.silent.detectors import Inspector
from einlint.silent.interest import rows_of_interest
from einlint.source import Source, read
from tests.silent.programs import Program, programs

SETTINGS = Settings(enabled_codes(None))
WORTH_IT = """
y = x.view(a, b)
y = x.view(a, -1)
y = x.view(*shape)
y = x.view(shape)
y = x.reshape((a, b))
y = torch.reshape(x, (a, b))
y = x.view_as(z)
y = x.squeeze()
y = np.squeeze(x)
y = x.permute(0, 1, 2)
y = x.permute(-3, 1, 2)
y = torch.permute(x, dims=(0, 1))
y = x.transpose(1, 1)
y = x.repeat(n, 1); z = x.flatten(1)
y = x.repeat(n, 1); z = x.repeat(m, 1)
y = x.repeat(n, 1); z = merge(y)
y = x.expand(n, -1); y[0] = 1
y = x.expand(n, -1); y[0].add_(1)
y = x.expand(n, -1); z = x.flatten(1)
y = x.softmax(0); z = y @ x
y = x.softmax(0); z = torch.bmm(y, x)
y = F.normalize(x); z = y.matmul(y)
y = x.mean(1); z = x.std(2)
y = x.sum(dim=(1, 2))
"""

NOT_WORTH_IT = """
y = x.view(-1)
y = x.view(-1, 1, 1)
y = x.view((n,))[0].view(1, x.shape[0])
y = x.view(torch.int8)
y = x.reshape(x.shape[0])
y = x.squeeze(1)
y = x.squeeze(dim=-1)
y = x.unsqueeze(1)
y = x.permute(0, 2, 1)
y = x.transpose(0, 1)
y = x.repeat(n, 1)
y = x.repeat(2, 1); z = x.repeat(3, 1)
y = x.expand(n, -1); z["a"] = 1
y = x.expand(x.shape[0]); z = y.flatten()
y = x.softmax(0); z = y * x
y = F.normalize(x)
y = x.mean(); z = x.std()
y = x.mean(1)
y = x.sum(1)
y = sum([1, 2])
"""

AROUND = "import torch, numpy as np, torch.nn.functional as F\n{decorator}\ndef f(x, z):\n    {code}\n    return y, z\n"
MERGE = "def merge(y):\n    return y.flatten(1)\n"


def source_of(code: str) -> Source:
    text = AROUND.format(decorator="@torch.no_grad()", code=code) + (MERGE if "merge" in code else "")
    source = read(text.encode(), "model.py")
    assert isinstance(source, Source)
    return source


@pytest.mark.parametrize("code", WORTH_IT.strip().splitlines())
def test_a_call_that_may_be_part_of_a_mistake_is_worth_reading(code: str) -> None:
    assert 4 in set(rows_of_interest(CallFinder(source_of(code), {})))


@pytest.mark.parametrize("code", NOT_WORTH_IT.strip().splitlines())
def test_a_call_that_cannot_be_one_is_not(code: str) -> None:
    assert 4 not in set(rows_of_interest(CallFinder(source_of(code), {})))


@pytest.mark.parametrize(
    ("data", "silent"),
    [
        (b"x.view(a, b)", True),
        (b"x.view(\n    a,\n    b)", True),
        (b"x.view(-1, 1)", False),
        (b"x.view( -1 )", False),
        (b"x.reshape((-1,))", False),
        (b"x.view(torch.uint8)", False),
        (b"x.squeeze()", True),
        (b"x.unsqueeze(0).squeeze(0)", False),
        (b"x.permute(0, 1, 2)", True),
        (b"x.permute(\n    0, 1)", True),
        (b"x.permute(0, 2, 1)", False),
        (b"F.softmax(x)", False),
        (b"F.softmax(x) @ y", True),
        (b"@decorated\nF.softmax(x)", False),
        (b"x.mean(1, keepdim=True)", False),
        (b"x.mean(1, keepdim=True) / x.std(2)", True),
        (b"x.sum((1, 2), keepdim=True)", True),
    ],
)
def test_files_of_plain_code_are_searched_for_what_a_mistake_needs(data: bytes, silent: bool) -> None:
    assert Marks().are_in(data) == silent
    assert not Marks(silent=False).are_in(data)


@pytest.mark.parametrize("program", list(programs()), ids=lambda program: program.name)
def test_what_is_not_read_holds_no_mistake(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    data = program.text.encode()
    found = check(data, "model.py", SETTINGS).findings
    monkeypatch.setattr(Inspector, "rows_of_interest", lambda inspector: every_row(inspector.finder))
    monkeypatch.setattr(Marks, "are_in", lambda marks, data: True)
    assert check(data, "model.py", SETTINGS).findings == found


def every_row(finder: CallFinder) -> list[int]:
    return [call.lineno for call, _ in finder.names.calls]


@pytest.mark.parametrize(
    "data",
    [
        b"x.permute(y)" * 50_000,
        b"x.view(" + b" " * 200_000 + b"1) x.squeeze(" + b" " * 200_000 + b"1)",
        b"x.view(-1" + b", 1" * 200_000 + b") keepdim mean(x" + b" std( )" * 200_000,
        b"keepdim (1, " + b"[1, 1," * 200_000,
    ],
)
def test_no_text_takes_long_to_search(data: bytes) -> None:
    assert not Marks().are_in(data)


def test_without_silent_rules_only_calls_are_looked_for() -> None:
    data = b"import torch\nx = torch.ones(2, 3)\ny = x.permute(0, 1)\n"
    assert [finding.name for finding in check(data, "model.py", SETTINGS).findings] == ["idle-permute"]
    others = frozenset(code for code in SETTINGS.enabled if not code.startswith("EIN3"))
    assert not Settings(others).marks.are_in(data)
    assert Settings(others, targets=("onnx",)).marks.are_in(data)
