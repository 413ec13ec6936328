"""Fixes where what verifies them is not installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from einlint import judging
from einlint.cli import main

CALL = "import torch\nfrom einops import rearrange, repeat\ny = rearrange(x, 'a b c -> b a c')\n"


def test_it_says_what_to_install_and_applies_what_needs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "missing", lambda: ["torch"])
    path = tmp_path / "model.py"
    path.write_text(CALL, "utf-8")
    done = CliRunner().invoke(
        main, ["--isolated", "--no-cache", "--select=EIN61", "--fix", "--unsafe-fixes", str(path)]
    )
    assert path.read_text("utf-8") == CALL.replace(", repeat", "")
    assert "and that needs torch: install `einlint[torch]`\n" in done.stderr
    assert "(1 fixed, 1 remaining)" in done.stdout
    assert done.exit_code == 1
