"""Programs that run, written to lure inference into a false alarm: nothing is reported of their shapes."""

from __future__ import annotations

from pathlib import Path

import pytest

from einlint.checking import check
from einlint.registry import rules
from einlint.settings import Settings

FILES = sorted((Path(__file__).parent / "clean").glob("*.py"))
SHAPES = frozenset(code for code in rules() if code.startswith("EIN2"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_reported(path: Path) -> None:
    findings = check(path.read_bytes(), str(path), Settings(SHAPES)).findings
    assert [f"{f.span.start.row}: {f.code} {f.message}" for f in findings] == []
