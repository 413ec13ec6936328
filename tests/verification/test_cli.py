from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from einlint.equivalence_cli import equiv
from einlint.verification import symbolic

pytest.importorskip("torch")
pytest.importorskip("einops")

WRONG_MAMBA = ("einsum(x, C[:, 0, :], 'b d n, b n -> b d')", "torch.matmul(C[:, 0, :], x.transpose(-1, -2)).squeeze(1)")


def run(*args: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(equiv, args, input=stdin)


def test_equal_exits_0_and_names_side_effects() -> None:
    result = run("x.t().contiguous()", "rearrange(x, 'a b -> b a')", "--tensors", "x: a b")
    assert result.exit_code == 0
    assert result.output.startswith("equal (")
    assert "differs in aliasing at a = 2, b = 2" in result.output


def test_different_exits_1_with_code_that_runs() -> None:
    result = run(*WRONG_MAMBA, "--tensors", "x: b d n; C: b l n")
    assert result.exit_code == 1
    first, code = result.output.split("\n", 1)
    assert first == "different: the shapes differ at b = 2, d = 1, n = 1, l = 1"
    ran = subprocess.run([sys.executable, "-c", code + "\nassert a.shape != b.shape"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_a_side_that_raises_comes_last() -> None:
    result = run("torch.einsum('ii->', A)", "A.trace()", "--tensors", "A: n m")
    assert result.output.index("b = A.trace()") < result.output.index("a = torch.einsum")
    assert "# raises RuntimeError" in result.output


@pytest.mark.parametrize("proved", [True, False])
def test_the_chance_is_told_where_nothing_is_proved(proved: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a proof it would only confuse."""
    monkeypatch.setattr(symbolic, "prove", lambda question: proved)
    first, *more = run("x + x", "2 * x", "--tensors", "x: n", "--device=cpu").output.splitlines()
    how = "proved for all sizes" if proved else "tested, not proved"
    assert first.startswith(f"equal ({how}): the sides agreed in all ") and first.endswith(" runs on cpu")
    assert ["with a chance below 1e-10" in line for line in more] == ([] if proved else [True])


def test_json_names_the_devices() -> None:
    answer = json.loads(run("x", "x.clone()", "--tensors", "x: n", "--device=cpu", "--output-format=json").output)
    assert (answer["verdict"], answer["devices"]) == ("proved", ["cpu"])


@pytest.mark.parametrize("args", [("x", "x", "--tensors", "x: n"), ("--file", "-")])
def test_cuda_that_is_not_there_exits_2(args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    result = run(*args, "--device=cuda", stdin="{}")
    assert result.exit_code == 2
    assert result.output == "Error: `--device cuda` was given, but torch sees no CUDA device\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("x +", "x", "--tensors", "x: n"), "the expression `x +` does not parse: invalid syntax"),
        (("x", "x)", "--tensors", "x: n"), "the expression `x)` does not parse: unmatched ')'"),
        (("x", "x", "--tensors", "x: n, y: n"), "the axis name `n,` is not an identifier"),
        (("x", "x", "--tensors", ""), "the field `tensors` must map at least one tensor to its axes"),
    ],
)
def test_wrong_usage_is_said_in_one_sentence(args: tuple[str, ...], said: str) -> None:
    result = run(*args)
    assert (result.exit_code, result.output) == (2, f"Error: {said}\n")


def test_a_name_that_is_no_tensor_is_explained() -> None:
    result = run("x.reshape(h, -1)", "x", "--tensors", "x: n")
    assert result.exit_code == 3
    assert result.output.startswith("unknown: the name `h` is not known") and "`x.shape[0]`" in result.output


def test_unknown_exits_3() -> None:
    result = run("torch.load('f')", "x", "--tensors", "x: n")
    assert result.exit_code == 3
    assert result.output == "unknown: `torch.load` is not a function in the table\n"


@pytest.mark.parametrize(
    "args",
    [
        ("x",),
        ("x", "x"),
        ("x", "x", "--tensors", "x"),
        ("x", "x", "--tensors", "x: n; x: m"),
        ("x", "x", "--tensors", "x: b-1"),
        ("x", "x", "--tensors", "x: n", "--constraint", "n > 3"),
        ("x", "x", "--tensors", "x: n", "--sizes", "n: a"),
        ("--file", "does-not-exist"),
        ("x", "x", "--file", "-"),
        ("x", "x", "--tensors", "x: n", "--framework", "jax"),
    ],
)
def test_wrong_usage_exits_2(args: tuple[str, ...]) -> None:
    assert run(*args).exit_code == 2


def test_a_file_is_answered_line_by_line_in_order(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "same", "tensors": {"x": "n"}, "a": "x", "b": "x"}),
        "{broken",
        "[]",
        "",
        json.dumps({"id": "missing", "tensors": {"x": "n"}, "a": "x"}),
        json.dumps({"id": "refused", "tensors": {"x": "n"}, "a": "open('f')", "b": "x"}),
        json.dumps({"id": "twice", "tensors": {"x": "n"}, "a": "x", "b": "2 * x"}),
    ]
    file = tmp_path / "pairs.jsonl"
    file.write_text("\n".join(lines))
    result = run("--file", str(file), "--output-format", "json")
    answers = [json.loads(line) for line in result.output.splitlines()]
    assert result.exit_code == 0
    assert [answer["id"] for answer in answers] == ["same", None, None, "missing", "refused", "twice"]
    assert [answer["verdict"] for answer in answers][1:5] == ["unknown"] * 4
    assert answers[1]["message"] == "the line is not JSON"
    assert answers[-1]["verdict"] == "different" and answers[-1]["witness"] == {"n": 1} and answers[-1]["form"] == 0


def test_stdin_is_read() -> None:
    pair = json.dumps({"id": 1, "tensors": {"x": "n"}, "a": "x", "b": "x + 1"})
    result = run("--file", "-", stdin=pair)
    assert result.output.startswith("1: different, differs in value, at n = 1")
