"""The plugin under real flake8."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

HEAD = "import os\nfrom einops import rearrange\n\n\n"
CALL = "rearrange(os, 'b 1 c h w')"
BAD = f"{HEAD}{CALL}\n"


def flake8(folder: Path, *arguments: str, text: str | None = None) -> list[str]:
    """The lines that flake8 prints in a folder; `text` is its standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "flake8", *arguments],
        cwd=folder,
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    assert not done.stderr
    return done.stdout.splitlines()


def places(lines: list[str]) -> list[str]:
    """`file:row:column: CODE` of each line."""
    return [" ".join(line.split()[:2]) for line in lines]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.py").write_text(BAD, encoding="utf-8")
    return tmp_path


def configure(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


def test_finds_nothing_where_nothing_is_wrong() -> None:
    assert flake8(ROOT, "--isolated", "--select=EIN", "fixtures/mamba.py") == []


def test_reports_what_the_command_line_reports() -> None:
    command = [sys.executable, "-m", "einlint", "fixtures", "--output-format=concise", "--isolated", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    found = [line for line in done.stdout.splitlines() if line.startswith("fixtures")]
    assert found
    assert flake8(ROOT, "--isolated", "--select=EIN", "fixtures") == found


def test_points_at_the_pattern(folder: Path) -> None:
    assert places(flake8(folder, "--select=EIN", "model.py")) == ["model.py:5:16: EIN001"]


def test_columns_count_characters(folder: Path) -> None:
    (folder / "model.py").write_text(f"{HEAD}'größe → 𝔸', {CALL}\n", encoding="utf-8")
    assert places(flake8(folder, "--select=EIN", "model.py")) == ["model.py:5:29: EIN001"]


def test_byte_order_mark_and_carriage_returns(folder: Path) -> None:
    (folder / "model.py").write_text(BAD, encoding="utf-8-sig", newline="\r\n")
    assert places(flake8(folder, "--select=EIN", "model.py")) == ["model.py:5:16: EIN001"]


def test_is_selected_with_the_rest(folder: Path) -> None:
    (folder / "model.py").write_text(f"import re\n{BAD}", encoding="utf-8")
    assert places(flake8(folder, "model.py")) == ["model.py:1:1: F401", "model.py:6:16: EIN001"]


@pytest.mark.parametrize(
    "option", ["--select=F", "--select=EIN1", "--ignore=EIN", "--ignore=EIN001", "--extend-ignore=EIN0", "--ignore=E"]
)
def test_selection_is_by_prefix(folder: Path, option: str) -> None:
    assert flake8(folder, option, "model.py") == []


@pytest.mark.parametrize(
    "comment", ["# noqa", "# noqa: EIN001", "# noqa:EIN001,E501", "# noqa: EIN", "# einlint: ignore[EIN001]"]
)
def test_a_comment_hides_a_finding(folder: Path, comment: str) -> None:
    (folder / "model.py").write_text(f"{HEAD}{CALL}  {comment}\n", encoding="utf-8")
    assert flake8(folder, "--select=EIN", "model.py") == []


@pytest.mark.parametrize("comment", ["# noqa: EIN002", "# noqa: E501", "# einlint: ignore[EIN1]", "# note"])
def test_another_comment_does_not_hide_it(folder: Path, comment: str) -> None:
    (folder / "model.py").write_text(f"{HEAD}{CALL}  {comment}\n", encoding="utf-8")
    assert "model.py:5:16: EIN001" in places(flake8(folder, "--select=EIN", "model.py"))


def test_noqa_is_left_to_flake8(folder: Path) -> None:
    (folder / "model.py").write_text(f"{HEAD}{CALL}  # noqa\n", encoding="utf-8")
    assert places(flake8(folder, "--select=EIN", "--disable-noqa", "model.py")) == ["model.py:5:16: EIN001"]


def test_in_parallel(folder: Path) -> None:
    (folder / "model.py").unlink()
    names = [f"model{number:02}.py" for number in range(40)]
    for name in names:
        (folder / name).write_text(BAD, encoding="utf-8")
    assert places(flake8(folder, "--select=EIN", "--jobs=2")) == [f"./{name}:5:16: EIN001" for name in names]


def test_standard_input_as_editors_send_it(folder: Path) -> None:
    configure(folder, '[tool.einlint.per-file-ignores]\n"old/*" = ["EIN001"]\n')
    editor = ("--select=EIN", "--stdin-display-name")
    assert places(flake8(folder, *editor, "new/model.py", "-", text=BAD)) == ["new/model.py:5:16: EIN001"]
    assert flake8(folder, *editor, "old/model.py", "-", text=BAD) == []
    assert places(flake8(folder, "--select=EIN", "-", text=BAD)) == ["stdin:5:16: EIN001"]


def test_a_file_that_does_not_parse_is_flake8s_to_report(folder: Path) -> None:
    assert [line.split()[1] for line in flake8(folder, "--select=EIN,E9", "-", text=f"{BAD}(")] == ["E999"]


@pytest.mark.parametrize(
    "configuration",
    ['ignore = ["EIN001"]', 'select = ["EIN1"]', 'per-file-ignores = { "model.py" = ["missing-arrow"] }'],
)
def test_configuration_is_honoured(folder: Path, configuration: str) -> None:
    configure(folder, f"[tool.einlint]\n{configuration}\n")
    assert flake8(folder, "--select=EIN", "model.py") == []


def test_only_configuration_switches_a_rule_on(folder: Path) -> None:
    configure(folder, '[tool.einlint]\nignore = ["EIN0"]\n')
    assert flake8(folder, "--select=EIN001", "--extend-select=EIN001", "model.py") == []
    configure(folder, '[tool.einlint]\nignore = ["EIN0"]\nextend-select = ["missing-arrow"]\n')
    assert places(flake8(folder, "--select=EIN", "model.py")) == ["model.py:5:16: EIN001"]


def test_configuration_is_that_of_the_file(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "model.py").write_text(BAD, encoding="utf-8")
    configure(folder / "one", '[tool.einlint]\nignore = ["EIN001"]\n')
    assert places(flake8(folder, "--select=EIN", "one", "two")) == ["two/model.py:5:16: EIN001"]


def test_aliases_are_calls_too(folder: Path) -> None:
    configure(folder, '[tool.einlint.aliases]\n"mylib.fold" = "einops.rearrange"\n')
    text = "import mylib\n\nmylib.fold(mylib, 'b 1 c h w')\n"
    assert places(flake8(folder, "--select=EIN", "-", text=text)) == ["stdin:3:20: EIN001"]


def test_targets_ask_for_files_that_only_use_another_name(folder: Path) -> None:
    configure(folder, '[tool.einlint]\ntargets = ["onnx"]\n')
    (folder / "helper.py").write_text("from einops import rearrange as fold\n")
    (folder / "user.py").write_text("from helper import fold\n\nfold(x.permute(1, 0, 2), 'b 1 c h w')\n")
    assert places(flake8(folder, "--select=EIN", "user.py")) == ["user.py:3:27: EIN001"]


@pytest.mark.parametrize("configuration", ['select = "EIN1"', 'ignore = ["EIN877"]', "colour = 1", "= nonsense"])
def test_a_broken_configuration_is_a_finding(folder: Path, configuration: str) -> None:
    configure(folder, f"[tool.einlint]\n{configuration}\n")
    (folder / "empty.py").write_text("", encoding="utf-8")
    assert places(flake8(folder, "model.py", "empty.py")) == ["model.py:1:1: EIN905"]


def cached(folder: Path) -> list[Path]:
    return [*(folder / ".einlint_cache").glob("*.db")]


def test_what_was_found_is_remembered(folder: Path) -> None:
    (folder / "other.py").write_text(BAD, encoding="utf-8-sig", newline="\r\n")
    first = flake8(folder, "--select=EIN", "model.py", "other.py", "--jobs=2")
    (database,) = cached(folder)
    written = database.read_bytes()
    assert flake8(folder, "--select=EIN", "model.py", "other.py", "--jobs=2") == first
    assert database.read_bytes() == written
    (folder / "model.py").write_text(HEAD + "rearrange(os, 'a -> b')\n", encoding="utf-8")
    assert {line.split()[1] for line in flake8(folder, "--select=EIN", "model.py")} == {"EIN101"}


def test_what_was_found_holds_while_the_files_do_that_it_depends_on(folder: Path) -> None:
    (folder / "helpers.py").write_text("from einops import rearrange as move\n", encoding="utf-8")
    (folder / "model.py").write_text("from helpers import move  # rearrange\n\nmove(x, 'a b')\n", encoding="utf-8")
    found = flake8(folder, "--select=EIN", "model.py")
    assert places(found) == ["model.py:3:10: EIN001"]
    assert flake8(folder, "--select=EIN", "model.py") == found
    (folder / "helpers.py").write_text("from shutil import move\n", encoding="utf-8")
    assert flake8(folder, "--select=EIN", "model.py") == []


def test_nothing_is_remembered_of_a_text_that_is_not_saved(folder: Path) -> None:
    unsaved = BAD + "\nrearrange(os, 'a -> b')\n"
    assert flake8(folder, "--select=EIN", "--stdin-display-name=model.py", "-", text=unsaved)
    assert not cached(folder)


def test_nothing_is_remembered_where_the_configuration_says_so(folder: Path) -> None:
    configure(folder, "[tool.einlint]\ncache = false\n")
    assert flake8(folder, "--select=EIN", "model.py")
    command = [sys.executable, "-m", "einlint", "model.py"]
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 1
    assert not cached(folder)


def test_a_cache_that_cannot_be_used_is_done_without(folder: Path) -> None:
    (folder / ".einlint_cache").write_text("no folder")
    assert places(flake8(folder, "--select=EIN", "model.py")) == ["model.py:5:16: EIN001"]
