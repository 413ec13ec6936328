"""Programs with wrong data, line by line, and programs that only look so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from einlint.checking import check
from einlint.registry import enabled_codes, rules
from einlint.settings import Settings

HERE = Path(__file__).parent
SILENT = frozenset(code for code in enabled_codes(None) if code.startswith("EIN3"))
MARK = re.compile(r"#\s*([a-z-]+)$")


def found(path: Path) -> set[tuple[int, str]]:
    findings = check(path.read_bytes(), str(path), Settings(SILENT)).findings
    return {(finding.span.start.row, finding.name) for finding in findings}


def expected(path: Path) -> set[tuple[int, str]]:
    names = {rule.name for rule in rules().values()}
    marked = ((row, MARK.search(line)) for row, line in enumerate(path.read_text().splitlines(), 1))
    return {(row, match[1]) for row, match in marked if match is not None and match[1] in names}


@pytest.mark.parametrize("path", sorted((HERE / "wrong").glob("*.py")), ids=lambda path: path.stem)
def test_wrong_data_is_found_where_its_order_changes(path: Path) -> None:
    assert found(path) == expected(path)


@pytest.mark.parametrize("path", sorted((HERE / "clean").glob("*.py")), ids=lambda path: path.stem)
def test_what_only_looks_wrong_is_left_alone(path: Path) -> None:
    assert found(path) == set()
