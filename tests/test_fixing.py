"""`--fix`, `--diff` and `--show-fixes` as a user runs them, verified by real torch."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from einlint import writing
from einlint.cli import main
from einlint.writing import write

CHAINED = "from einops import rearrange\ny = rearrange(rearrange(x, 'a b -> b a'), 'b a -> b 1 a')\n"
MERGED = "from einops import rearrange\ny = rearrange(x, 'a b -> b 1 a')\n"
WRONG = "z = rearrange(x, 'a b')\n"


COMMAND = [sys.executable, "-m", "einlint", "--isolated", "--no-cache", "--select=EIN0,EIN60"]


def einlint(folder: Path, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=folder, input=text, capture_output=True, encoding="utf-8", check=False
    )


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.py"
    path.write_bytes((CHAINED + WRONG).replace("\n", "\r\n").encode())
    path.chmod(0o640)
    return path


def test_fix_writes_what_was_verified_and_reports_what_is_left(model: Path) -> None:
    done = einlint(model.parent, "--fix", "--output-format=concise", "model.py")
    assert model.read_bytes() == (MERGED + WRONG).replace("\n", "\r\n").encode()
    assert model.stat().st_mode & 0o777 == 0o640
    assert done.stdout.splitlines() == [
        "model.py:3:19: EIN001 pattern `a b` has no `->`",
        "Found 2 errors (1 fixed, 1 remaining).",
    ]
    assert done.returncode == 1
    assert [path.name for path in model.parent.iterdir()] == ["model.py"]


def test_diff_writes_nothing(model: Path) -> None:
    before = model.read_bytes()
    done = einlint(model.parent, "--diff", "model.py")
    assert model.read_bytes() == before
    assert "+y = rearrange(x, 'a b -> b 1 a')" in done.stdout
    assert (done.stderr, done.returncode) == ("Would fix 1 error.\n", 1)


def test_json_holds_the_edit_and_the_verdict(model: Path) -> None:
    plain, shown = (
        json.loads(einlint(model.parent, "--output-format=json", *more, "model.py").stdout)[0]["fix"]
        for more in ((), ("--show-fixes",))
    )
    assert plain is None
    assert (shown["applicability"], shown["verdict"]) == ("safe", "proved")
    assert shown["edits"][0]["content"] == "rearrange(x, 'a b -> b 1 a')"


def test_given_text_goes_to_stdout_and_no_file_is_touched(model: Path) -> None:
    before = model.read_bytes()
    done = einlint(
        model.parent, "--fix", "--stdin-filename=model.py", "--output-format=concise", "-", text=CHAINED + WRONG
    )
    assert done.stdout == MERGED + WRONG
    assert "EIN001" in done.stderr
    assert done.returncode == 1
    assert model.read_bytes() == before


CELLS = """{
 "cells": [
  {
   "cell_type": "markdown",
   "metadata": {},
   "source": [
    "# Caf\\u00e9 \\/ model"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 7,
   "metadata": {"tags": ["keep"]},
   "outputs": [{"name": "stdout", "output_type": "stream", "text": ["1\\n"]}],
   "source": [
    "%matplotlib inline\\n",
    "from einops import rearrange"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "metadata": {},
   "outputs": [],
   "source": [
    "s = '\\u00fc'\\n",
    "y = g(s, rearrange(\\n",
    "    rearrange(x, 'a b -> b a'),\\n",
    "    'b a -> b 1 a',\\n",
    "))\\n",
    "rearrange(x, 'a b')"
   ]
  },
  {"cell_type": "code", "source": "z = rearrange(rearrange(x, 'a b -> b a'), 'b a -> b 1 a')\\n"}
 ],
 "metadata": {"kernelspec": {"language": "python"}, "score": 1e3},
 "nbformat": 4,
 "nbformat_minor": 5
}
"""
FIXED_CELLS = CELLS.replace(
    """rearrange(\\n",
    "    rearrange(x, 'a b -> b a'),\\n",
    "    'b a -> b 1 a',\\n",
    "))\\n",
""",
    """rearrange(x, 'a b -> b 1 a'))\\n",
""",
).replace("z = rearrange(rearrange(x, 'a b -> b a'), 'b a -> b 1 a')", "z = rearrange(x, 'a b -> b 1 a')")


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "n.ipynb"
    path.write_bytes(CELLS.encode())
    return path


def test_cells_of_a_notebook_are_fixed_in_place(notebook: Path) -> None:
    done = einlint(notebook.parent, "--fix", "--output-format=concise", "n.ipynb")
    assert notebook.read_text("utf-8") == FIXED_CELLS
    assert done.stdout.splitlines() == [
        "n.ipynb:cell 3:3:15: EIN001 pattern `a b` has no `->`",
        "Found 3 errors (2 fixed, 1 remaining).",
    ]
    again = einlint(notebook.parent, "--fix", "n.ipynb")
    assert notebook.read_text("utf-8") == FIXED_CELLS
    assert again.stdout.endswith("Found 1 error.\n")


def test_the_diff_of_a_notebook_is_that_of_its_cells(notebook: Path) -> None:
    done = einlint(notebook.parent, "--diff", "n.ipynb")
    assert notebook.read_text("utf-8") == CELLS
    assert [row for row in done.stdout.splitlines() if row.startswith(("---", "+"))] == [
        "--- n.ipynb:cell 3",
        "+++ n.ipynb:cell 3",
        "+y = g(s, rearrange(x, 'a b -> b 1 a'))",
        "--- n.ipynb:cell 4",
        "+++ n.ipynb:cell 4",
        "+z = rearrange(x, 'a b -> b 1 a')",
    ]
    assert (done.stderr, done.returncode) == ("Would fix 2 errors.\n", 1)


def test_fixes_of_a_notebook_count_rows_in_their_cell(notebook: Path) -> None:
    found = json.loads(einlint(notebook.parent, "--show-fixes", "--output-format=json", "n.ipynb").stdout)
    assert [(one["cell"], one["location"]["row"], one["code"]) for one in found] == [
        (3, 2, "EIN601"),
        (3, 6, "EIN001"),
        (4, 1, "EIN601"),
    ]
    (edit,) = found[0]["fix"]["edits"]
    assert (edit["location"], edit["end_location"]) == ({"row": 2, "column": 10}, {"row": 5, "column": 2})
    assert (found[0]["fix"]["verdict"], found[0]["fix"]["devices"]) == ("proved", ["cpu"])


def test_a_notebook_that_is_given_as_text_goes_to_stdout(notebook: Path) -> None:
    done = einlint(notebook.parent, "--fix", "--stdin-filename=other.ipynb", "-", text=CELLS)
    assert done.stdout == FIXED_CELLS


def test_a_folder_that_takes_no_file_keeps_the_file_as_it_was(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "replace", full)
    before = model.read_bytes()
    assert write(str(model), before, b"new") == f"it cannot be written: {os.strerror(28)}"
    assert [(path.name, path.read_bytes()) for path in model.parent.iterdir()] == [("model.py", before)]


def test_a_file_that_changed_meanwhile_is_left_alone(model: Path) -> None:
    before = model.read_bytes()
    assert write(str(model), b"something else", b"new") == "it changed while it was checked and was not fixed"
    assert model.read_bytes() == before


KILLED = """
import os, signal, sys
from einlint.writing import write
signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background ignores it
def killed(*_): os.kill(os.getpid(), getattr(signal, sys.argv[1]))
setattr(os, sys.argv[2], killed)
write(sys.argv[3], open(sys.argv[3], "rb").read(), b"new")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("during", ["fsync", "chmod", "replace"])
@pytest.mark.parametrize(("name", "left"), [("SIGKILL", 2), ("SIGINT", 1)])
def test_a_killed_run_leaves_the_old_file_and_the_next_one_tidies_up(
    model: Path, name: str, left: int, during: str
) -> None:
    before = model.read_bytes()
    killed = subprocess.run([sys.executable, "-c", KILLED, name, during, str(model)], capture_output=True, check=False)
    assert killed.returncode != 0
    assert model.read_bytes() == before
    assert len([*model.parent.iterdir()]) == left
    assert write(str(model), before, b"new") is None
    assert [(path.name, path.read_bytes()) for path in model.parent.iterdir()] == [("model.py", b"new")]


def test_what_a_running_process_writes_is_left_to_it(model: Path) -> None:
    theirs = model.parent / f".einlint-{os.getppid()}"
    other = model.parent / ".einlint-notes"
    theirs.touch()
    other.touch()
    assert write(str(model), model.read_bytes(), b"new") is None
    assert theirs.exists() and other.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("seconds", [1.0, 3.0])
def test_every_file_of_an_interrupted_run_is_old_or_new(tmp_path: Path, number: int, seconds: float) -> None:
    names = [f"a{k}" for k in range(20)]
    for name in names:
        (tmp_path / f"{name}.py").write_text(CHAINED.replace("a ", f"{name} ").replace("a'", f"{name}'"), "utf-8")
    run = subprocess.Popen([*COMMAND, "--fix", "."], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        run.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        run.send_signal(number)
        run.wait()
    for name in names:
        said = (tmp_path / f"{name}.py").read_text("utf-8").replace(name, "a")
        assert said in (CHAINED, MERGED)
    assert len([*tmp_path.iterdir()]) == len(names)


def test_a_fix_that_makes_room_for_another_counts_both(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    twice = "from einops import rearrange\ny = rearrange(rearrange(x, 'a b -> b a'), 'b a -> a b')\n"
    path.write_text(twice, "utf-8")
    planned = einlint(tmp_path, "--diff", "--unsafe-fixes", "model.py")
    assert planned.stderr == "Would fix 2 errors.\n"
    done = einlint(tmp_path, "--fix", "--output-format=concise", "model.py")
    assert path.read_text("utf-8") == "from einops import rearrange\ny = rearrange(x, 'a b -> a b')\n"
    assert done.stdout.splitlines()[1:] == [
        "Found 2 errors (1 fixed, 1 remaining).",
        "No fixes available (1 hidden fix can be enabled with the `--unsafe-fixes` option).",
    ]
    done = einlint(tmp_path, "--fix", "--unsafe-fixes", "--show-fixes", "model.py")
    assert path.read_text("utf-8") == "from einops import rearrange\ny = x\n"
    assert done.stdout == "Found 1 error (1 fixed, 0 remaining).\n"
    assert done.stderr.splitlines()[2:] == ["    1 × EIN602 (identity-rearrange, unsafe, proved)"]
    assert einlint(tmp_path, "--fix", "--unsafe-fixes", "model.py").stdout == "All checks passed!\n"


@pytest.mark.parametrize("content", [CHAINED, "x = 1\n"])
def test_cuda_that_is_not_there_is_wrong_usage(tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    (tmp_path / "model.py").write_text(content, "utf-8")
    done = einlint(tmp_path, "--fix", "--device=cuda", "model.py")
    assert (done.stdout, done.returncode) == ("", 2)
    assert done.stderr == "Error: `--device cuda` was given, but torch sees no CUDA device\n"
    assert (tmp_path / "model.py").read_text("utf-8") == content


def test_a_file_that_cannot_be_written_is_not_counted_as_fixed(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "write", lambda *_: "it cannot be written: full")
    arguments = ["--isolated", "--no-cache", "--select=EIN60", "--fix", "--show-fixes", str(model)]
    done = CliRunner().invoke(main, arguments)
    assert done.stdout.endswith("Found 1 error.\n")
    assert f"warning: {model}: it cannot be written: full\n" in done.stderr
    assert "Fixed:" not in done.stderr
    assert done.exit_code == 1


@pytest.mark.parametrize(("arguments", "said"), [((), "Fixes in 2 files: 2 proved\n"), (("--quiet",), "")])
def test_several_fixed_files_say_on_what_evidence(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(CHAINED, "utf-8")
    done = einlint(tmp_path, "--fix", *arguments, ".")
    assert (done.returncode, done.stderr) == (0, said)


def test_an_interrupted_fix_says_nothing_more(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "write", interrupted)
    done = CliRunner().invoke(main, ["--isolated", "--no-cache", "--select=EIN60", "--fix", str(model)])
    assert (done.exit_code, done.output) == (130, "")
