"""The rules about files that cannot be checked: what their pages show is what is reported."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest

from einlint.checking import check
from einlint.execution import TIMEOUT, Job, Task, attempt
from einlint.failures import CheckFailure, InvalidConfiguration
from einlint.findings import Finding, Position, Span
from einlint.flake8_plugin import Plugin
from einlint.registry import find_rule, rules
from einlint.settings import Checked, Settings

SETTINGS = Settings(frozenset(rules()))
START = Span(Position(1, 1), Position(1, 1))


@pytest.mark.parametrize(
    ("name", "failure"),
    [("check-failed", CheckFailure("it crashed")), ("invalid-configuration", InvalidConfiguration("it crashed"))],
)
def test_a_failure_is_reported_at_the_start(name: str, failure: object) -> None:
    rule = find_rule(name)
    assert [*rule.findings(failure)] == [Finding(rule.code, name, "it crashed", START)]


def test_the_bytes_that_the_page_shows() -> None:
    (finding,) = check(b"# r\351sum\351\nfrom einops import rearrange\n", "model.py", SETTINGS).findings
    assert finding.span == START
    assert f"\nmodel.py:1:1: {finding.code} {finding.message}\n" in find_rule("unreadable-file").page


def test_the_overdue_check_that_the_page_shows() -> None:
    (finding,) = attempt(Job(b"", "generated.py", SETTINGS), Task(hang, timeout=0.01)).findings
    message = finding.message.replace("0.01", f"{TIMEOUT:g}")
    assert finding.span == START
    assert f"\ngenerated.py:1:1: {finding.code} {message}\n" in find_rule("check-failed").page


def hang(data: bytes, path: str, settings: Settings) -> Checked:
    time.sleep(60)
    raise AssertionError("it was not stopped")


def test_the_configuration_that_the_page_shows(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.einlint]\nselect = ["missing-arow"]\n', encoding="utf-8")
    plugin = Plugin(ast.parse("import einops"), ["import einops\n"], str(tmp_path / "model.py"))
    ((row, column, text, _),) = plugin.run()
    shown = text.replace(str(tmp_path), "/home/me/project")
    assert f"\nmodel.py:{row}:{column + 1}: {shown}\n" in find_rule("invalid-configuration").page
