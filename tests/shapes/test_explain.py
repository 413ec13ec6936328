"""`einlint explain` end to end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from einlint.cli import main

ATTENTION = """\
from einops import rearrange
from torch import nn


class Attention(nn.Module):
    def __init__(self, dim, heads=8):
        super().__init__()
        self.heads = heads
        self.to_qkv = nn.Linear(dim, 3 * dim)
        self.to_q = nn.Linear(dim, 512)

    def forward(self, x, mask=None):
        b, n, d = x.shape
        q = rearrange(self.to_q(x)[..., :64], "b n (h d) -> b h n d", h=8)
        out = rearrange(q, "b h n d -> b n (h d)")
        for _ in range(2):
            out = self.step(out)
        return out

    def step(self, x):
        if x.ndim == 3:
            return other(x) + x
        return x
        x = 3


def doubled(t):
    return rearrange(t, "a b -> b a")


doubled(torch.ones(2, 3))
"""


def explain(*options: str) -> Result:
    return CliRunner().invoke(main, ["explain", *options], prog_name="einlint")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.py"
    path.write_text("import torch\n" + ATTENTION, encoding="utf-8")
    return path


def row_of(code: str) -> int:
    return 1 + ATTENTION.splitlines().index(code) + 1


def values(model: Path, code: str) -> dict[str, list[dict[str, Any]]]:
    """What is said of each expression of a line of the model."""
    done = explain("--at", f"{model}:{row_of(code)}", "--output-format=json")
    assert done.exit_code == 0, done.output
    return {each["expression"]: each["values"] for each in json.loads(done.output)}


def test_text_names_axes_and_origins(model: Path) -> None:
    row = row_of('        out = rearrange(q, "b h n d -> b n (h d)")')
    done = explain("--at", f"{model}:{row}")
    assert done.exit_code == 0
    assert f"model.py:{row}\n" in done.output
    first = done.output.split("\n\n")[1]
    assert first == (
        f"column 9: `out`\n    (b, n, 64)\n        rank 3: b n (h=8 d=8)\n"
        f"        made by `einops.rearrange` at line {row}"
    )


def test_what_a_line_teaches_is_said_of_what_it_reads(model: Path) -> None:
    row = row_of("        b, n, d = x.shape")
    (found,) = values(model, "        b, n, d = x.shape")["x"]
    assert found == {
        "text": "(b, n, d)", "rank": 3, "calls": [], "origin": {"row": row, "how": "unpacked"},
        "axes": [[{"name": name, "size": name}] for name in "bnd"],
    }  # fmt: skip


def test_integers_symbols_and_layers(model: Path) -> None:
    assert values(model, "        self.heads = heads")["heads"][0]["text"] == "heads"
    layer = values(model, "        self.to_qkv = nn.Linear(dim, 3 * dim)")
    assert layer["self.to_qkv"][0]["text"] == "a layer `torch.nn.Linear` with weight (3*dim, dim)"
    assert layer["3 * dim"][0]["text"] == "3*dim"


def test_unknown_is_said(model: Path) -> None:
    found = values(model, "            return other(x) + x")
    assert [found["other(x)"][0]["text"], found["x"][0]["text"]] == ["unknown, assumed to be (?, ?, ?)", "(?, ?, ?)"]


def test_the_general_case_comes_first_and_each_once(model: Path) -> None:
    found = values(model, '    return rearrange(t, "a b -> b a")')["t"]
    called = row_of("doubled(torch.ones(2, 3))")
    assert [(each["text"], each["calls"]) for each in found] == [("(a, b)", []), ("(2, 3)", [called])]


def test_a_file_without_calls_of_einops(tmp_path: Path) -> None:
    path = tmp_path / "plain.py"
    path.write_text("import torch\n\ndef f(x):\n    y = torch.zeros(4, 5).t()\n    return y\n", encoding="utf-8")
    assert "(5, 4)" in explain("--at", f"{path}:4").output


def test_expressions_of_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    path.write_text("import torch\nx = torch.cat([\n    torch.ones(2),\n    torch.ones(3),\n])\n", encoding="utf-8")
    assert "`torch.cat([ ...`\n    (5,)" in explain("--at", f"{path}:2").output
    assert "`torch.ones(2)`\n    (2,)" in explain("--at", f"{path}:3").output


def test_aliases_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.einlint.aliases]\n"mylib.fold" = "einops.rearrange"\n', "utf-8")
    path = tmp_path / "aliased.py"
    path.write_text('from mylib import fold\n\ndef f(x):\n    return fold(x, "a b -> b a")\n', encoding="utf-8")
    assert "(b, a)" in explain("--at", f"{path}:4").output


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("x = 1\n", "missing.py:1", "cannot read `{}missing.py`: No such file or directory"),
        ("x = 1\n", "file.py:2", "`{}file.py` has 1 lines, and no line 2"),
        ("x = 1\n", "file.py:0", "`{}file.py` has 1 lines, and no line 0"),
        ("# nothing\n", "file.py:1", "nothing is computed on line 1 of `{}file.py`, or it is never reached"),
        ("x = (\n", "file.py:1", "cannot read `{}file.py`: the file cannot be parsed: '(' was never closed"),
        ("", "notebook.ipynb:1", "`explain` reads Python files, not notebooks"),
        ("", "file.py", "expected FILE:LINE, found `{}file.py`"),
    ],
)
def test_what_cannot_be_explained_exits_2_with_a_sentence(tmp_path: Path, text: str, at: str, message: str) -> None:
    (tmp_path / "file.py").write_text(text, encoding="utf-8")
    done = explain("--at", f"{tmp_path}/{at}")
    assert done.exit_code == 2
    assert done.output.splitlines()[-1] == "Error: " + message.format(f"{tmp_path}/")


def test_code_that_is_never_reached(model: Path) -> None:
    done = explain("--at", f"{model}:{row_of('        x = 3')}")
    assert done.exit_code == 2


def test_of_a_loop_the_last_reading_counts(tmp_path: Path) -> None:
    path = tmp_path / "loop.py"
    path.write_text(
        "from einops import rearrange\n\n\ndef f(x):\n    b, n, d = x.shape\n    while n > 1:\n        x = x[:, :n]\n"
        "        n = n // 2\n    return rearrange(x, 'b n d -> b d n')\n"
    )
    output = explain("--at", f"{path}:7").output
    assert output.count("(b, ?, d)") == 3 and "(b, n, d)" not in output


def test_calls_from_functions_without_patterns_are_followed(tmp_path: Path) -> None:
    path = tmp_path / "helper.py"
    path.write_text(
        "import torch\nfrom einops import rearrange\n\n\ndef half(x):\n"
        "    return rearrange(x, '... (d r) -> ... d r', r=2)\n"
        "\n\ndef use(n):\n    return half(torch.zeros(2, n, 8))\n"
    )
    assert "(2, n, 4, 2)" in explain("--at", f"{path}:6").output
