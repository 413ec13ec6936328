"""`--fix`, `--diff` and `--show-fixes` as a user runs them, verified by real torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CHAINED = "from einops import rearrange\ny = rearrange(rearrange(x, 'a b -> b a'), 'b a -> b 1 a')\n"
MERGED = "from einops import rearrange\ny = rearrange(x, 'a b -> b 1 a')\n"
WRONG = "z = rearrange(x, 'a b')\n"


def einlint(folder: Path, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "einlint", "--isolated", "--no-cache", "--select=EIN0,EIN6", *arguments]
    return subprocess.run(command, cwd=folder, input=text, capture_output=True, encoding="utf-8", check=False)


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


def test_a_notebook_is_reported_and_left_alone(tmp_path: Path) -> None:
    cell: dict[str, object] = {
        "cell_type": "code",
        "source": CHAINED,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "utf-8")
    before = path.read_bytes()
    done = einlint(tmp_path, "--fix", "n.ipynb")
    assert path.read_bytes() == before
    assert "EIN601" in done.stdout
    assert "fixable" not in done.stdout


def test_a_folder_that_takes_no_file_keeps_the_file_as_it_was(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from einlint import fixing

    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "replace", full)
    before = model.read_bytes()
    assert fixing.write(str(model), before, b"new") == f"it cannot be written: {os.strerror(28)}"
    assert [(path.name, path.read_bytes()) for path in model.parent.iterdir()] == [("model.py", before)]


def test_a_file_that_changed_meanwhile_is_left_alone(model: Path) -> None:
    from einlint import fixing

    before = model.read_bytes()
    assert fixing.write(str(model), b"something else", b"new") == "it changed while it was checked and was not fixed"
    assert model.read_bytes() == before
