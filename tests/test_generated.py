"""Texts made from the code are current, and what the README says to run is what CI runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.generate import PAGES, README, ROOT, SOURCES, TABLE, generated


@pytest.fixture(scope="module")
def wanted() -> dict[Path, str]:
    return generated()


def test_the_table_of_the_rules_is_current(wanted: dict[Path, str]) -> None:
    assert TABLE.read_text(encoding="utf-8") == wanted[TABLE], "run tools/generate.py"


def test_rule_pages_are_current(wanted: dict[Path, str]) -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in PAGES.iterdir()}
    assert pages == {path: text for path, text in wanted.items() if path.parent == PAGES}, "run tools/generate.py"


def test_the_references_of_rules_are_current(wanted: dict[Path, str]) -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in SOURCES.glob("*.md")}
    assert pages == {path: text for path, text in wanted.items() if path.parent == SOURCES}, "run tools/generate.py"


def test_the_readme_shows_the_real_output(wanted: dict[Path, str]) -> None:
    assert README.read_text(encoding="utf-8") == wanted[README], "run tools/generate.py"


def test_the_readme_shows_findings() -> None:
    assert re.search(r"^fixtures/vision_transformer\.py:\d+:\d+: EIN\d{3} ", README.read_text("utf-8"), re.MULTILINE)


def test_ci_runs_the_command_that_the_readme_names() -> None:
    _, second = re.findall(r"^python3 -m venv .*$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert f"\n{second}\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
