"""`einlint targets`: the matrix of calls and targets."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from einlint.cli import main

CODE = """\
import torch
from einops import rearrange


def scores(q, k, w):
    q = rearrange(q, "b n (h d) -> b h n d", h=8)
    return torch.einsum("bhid,bhjd,hd->bhij", q, k, w)
"""


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.py").write_text(CODE, encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["targets", "--no-fixes", *arguments])


def matrix(*arguments: str) -> dict[str, Any]:
    result = run("--output-format", "json", *arguments)
    assert result.exit_code in (0, 1), result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def codes(found: dict[str, Any]) -> list[dict[str, list[str]]]:
    return [{t: [r["code"] for r in reasons] for t, reasons in call["targets"].items()} for call in found["calls"]]


def test_every_call_has_a_verdict_for_each_target() -> None:
    found = matrix("model.py", "--target", "onnx,tensorrt@8.6,onnx-legacy@13")
    assert [call["location"] for call in found["calls"]] == [{"row": 6, "column": 9}, {"row": 7, "column": 12}]
    assert codes(found) == [
        {"onnx": [], "tensorrt@8.6": [], "onnx-legacy@13": []},
        {"onnx": ["EIN403"], "tensorrt@8.6": ["EIN402", "EIN403"], "onnx-legacy@13": []},
    ]
    assert [(t["name"], t["calls"], t["taken"]) for t in found["targets"]] == [
        ("onnx", 2, 1), ("tensorrt@8.6", 2, 1), ("onnx-legacy@13", 2, 2)
    ]  # fmt: skip


def test_a_runtime_without_dynamo_is_reached_through_the_legacy_exporter() -> None:
    found = matrix("model.py", "--target", "onnx-legacy@13,tensorrt@8.6")
    assert codes(found)[1] == {"onnx-legacy@13": [], "tensorrt@8.6": ["EIN402"]}


def test_the_table_names_each_reason_once() -> None:
    result = run("model.py", "--target", "onnx,onnxruntime")
    assert result.exit_code == 1
    assert result.output.count("model.py:7:12: EIN403 an einsum of 3 operands: torch.onnx.export(dynamo=True) ") == 1
    assert result.output.endswith("onnx        takes 1 of 2 calls\nonnxruntime takes 1 of 2 calls\n")


def test_a_call_that_raises_is_broken_for_every_target() -> None:
    code = CODE.replace('b h n d", h', 'b h n", h')
    Path("model.py").write_text(code, encoding="utf-8")
    found = matrix("model.py", "--target", "onnx,onnx-legacy@13")
    assert [[reason["code"] for reason in call["broken"]] for call in found["calls"]] == [["EIN101"], []]
    assert codes(found)[0] == {"onnx": [], "onnx-legacy@13": []}
    assert [(t["taken"], t["broken"]) for t in found["targets"]] == [(0, 1), (1, 1)]
    result = run("model.py", "--target", "onnx-legacy@13")
    assert (bool(result.exit_code), result.output.splitlines()[-1]) == (
        True,
        "onnx-legacy@13 takes 1 of 2 calls, 1 broken",
    )
    assert "model.py:6:9: EIN101 axis `d` is only in the input: `rearrange` cannot drop it\n" in result.output
    assert re.search(r"model.py:6:9 .* broken$", result.output, re.MULTILINE)


def test_a_text_that_is_no_pattern_is_broken() -> None:
    Path("model.py").write_text(CODE.replace("(h d)", "(h d"), encoding="utf-8")
    result = run("model.py", "--target", "onnx-legacy@13")
    assert "model.py:6:9: EIN003 " in result.output
    assert result.output.endswith("takes 1 of 2 calls, 1 broken\n")


def test_configured_targets_and_exit_code() -> None:
    Path("pyproject.toml").write_text('[tool.einlint]\ntargets = ["onnx-legacy@13"]\n', encoding="utf-8")
    result = run()
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "onnx-legacy@13 takes 2 of 2 calls")


def test_rows_of_a_notebook_are_counted_in_cells() -> None:
    Path("model.py").unlink()
    sources = ("import torch", "def f(q, k):\n    return torch.einsum('ii,i', q, k)")
    cells = [{"cell_type": "code", "source": source} for source in sources]
    Path("model.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    (call,) = matrix(".", "--target", "tensorrt@10")["calls"]
    assert (call["cell"], call["location"]) == (2, {"row": 2, "column": 12})
    assert [reason["code"] for reason in call["targets"]["tensorrt@10"]] == ["EIN406"]


def test_an_unknown_target_is_wrong_usage() -> None:
    result = run("--target", "tensort")
    assert result.exit_code == 2
    assert result.output == "Error: --target: unknown target `tensort`, did you mean `tensorrt`?\n"


def test_an_unknown_version_is_wrong_usage_at_its_row_of_the_configuration() -> None:
    configuration = '[tool.einlint]\ntargets = [\n    "onnx",\n    "coreml@99",\n]\n'
    Path("pyproject.toml").write_text(configuration, encoding="utf-8")
    result = run()
    wanted = (
        "pyproject.toml:4: `targets`: unknown version `coreml@99`, did you mean `coreml@9.0`? (known are coremltools "
    )
    assert result.exit_code == 2
    assert wanted in result.output


def test_what_cannot_be_read_is_said_and_the_rest_goes_on() -> None:
    Path("broken.py").write_text("import einops\nrearrange(", encoding="utf-8")
    result = run("missing.py", ".", "--target", "onnx")
    assert "warning: missing.py: No such file or directory\n" in result.output
    assert result.output.endswith("onnx takes 1 of 2 calls\n")


def test_a_path_that_is_not_there_is_no_success() -> None:
    result = run("missing.py", "--target", "onnx")
    assert (result.exit_code, result.output.splitlines()[-1]) == (1, "onnx takes 0 of 0 calls")
