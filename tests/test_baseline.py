"""Known findings stay known wherever they move, and nothing else does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from einlint import baseline
from einlint.cli import main
from einlint.config import ConfigError
from einlint.session import Linted, Options, Text, lint

HEAD = "from einops import rearrange\n"
FIRST, SECOND, THIRD = "a = rearrange(x, 'a b')\n", "b = rearrange(x, 'c d')\n", "c = rearrange(x, 'e -> e f')\n"
FREE = ["x = 1\n", "\n", "# a comment\n", "def f():\n    pass\n", "y = [\n    1,\n]\n"]


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, *texts: str) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text("".join(texts), "utf-8")


def linted(*paths: str, text: Text | None = None) -> list[Linted]:
    return lint(paths or (["."] if text is None else []), options=Options(cache=False), text=text)


def known(*paths: str) -> int:
    return baseline.write("known.json", linted(*paths))


def new(*paths: str, text: Text | None = None) -> list[tuple[str, int, str]]:
    """File, row and code of what is not known."""
    files = baseline.read("known.json").applied(linted(*paths, text=text))
    return [(os.path.relpath(f.path), found.span.start.row, found.code) for f in files for found in f.findings]


def test_what_is_known_is_not_reported() -> None:
    write("a.py", HEAD, FIRST, SECOND)
    assert known() == 2
    assert new() == []
    write("a.py", HEAD, FIRST, SECOND, THIRD)
    write("b.py", HEAD, FIRST)
    assert new() == [("a.py", 4, "EIN101"), ("b.py", 2, "EIN001")]


@pytest.mark.parametrize(
    ("after", "found"),
    [
        pytest.param([HEAD, "\n\n", FIRST, "x = 1\n", SECOND], [], id="rows were put in"),
        pytest.param([HEAD, SECOND, FIRST], [], id="they changed places"),
        pytest.param([HEAD, "if x:\n    ", FIRST, "    ", SECOND], [], id="they were indented"),
        pytest.param([HEAD, FIRST.replace(" = ", "  =   "), SECOND], [], id="blanks were put in"),
        pytest.param([HEAD, FIRST], [], id="one is gone"),
        pytest.param([HEAD, FIRST, FIRST, SECOND], [3], id="one was copied: the last is new"),
        pytest.param([HEAD, FIRST.replace("a = ", "z = "), SECOND], [2], id="the row changed"),
        pytest.param([HEAD, FIRST, SECOND.replace("c d", "c -> d")], [3], id="another code on the row"),
    ],
)
def test_findings_move(after: list[str], found: list[int]) -> None:
    write("a.py", HEAD, FIRST, SECOND)
    assert known() == 2
    write("a.py", *after)
    assert [row for _, row, _ in new()] == found


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_nothing_around_a_finding_makes_it_new(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    os.chdir(tmp_path_factory.getbasetemp())
    folder = Path("around")
    folder.mkdir(exist_ok=True)
    calls = data.draw(st.lists(st.sampled_from([FIRST, SECOND, THIRD]), max_size=5))
    write("around/a.py", HEAD, *calls)
    baseline.write("around/known.json", linted("around"))
    blocks = data.draw(st.permutations([*calls, *data.draw(st.lists(st.sampled_from(FREE), max_size=5))]))
    extra = data.draw(st.lists(st.sampled_from([FIRST, SECOND, THIRD]), max_size=2))
    write("around/a.py", HEAD, *blocks, *extra)
    (file,) = baseline.read("around/known.json").applied(linted("around"))
    assert len(file.findings) == sum(1 if call != THIRD else len(codes_of(THIRD)) for call in extra)


def codes_of(call: str) -> list[str]:
    (file,) = linted(text=Text((HEAD + call).encode()))
    return [finding.code for finding in file.findings]


def test_a_renamed_file_is_new() -> None:
    write("a.py", HEAD, FIRST)
    known()
    os.rename("a.py", "b.py")
    assert new() == [("b.py", 2, "EIN001")]


def test_a_baseline_is_found_by_its_own_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("sub/a.py", HEAD, FIRST)
    known()
    assert json.loads(Path("known.json").read_text("utf-8"))["findings"].keys() == {"sub/a.py"}
    monkeypatch.chdir("sub")
    (file,) = baseline.read("../known.json").applied(linted())
    assert file.findings == ()


def notebook(*cells: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells], "metadata": {}})


def test_cells_of_a_notebook_move() -> None:
    write("a.ipynb", notebook(HEAD, FIRST, "x = 1\n" + SECOND))
    assert known() == 2
    write("a.ipynb", notebook(HEAD, "%time\n" + SECOND, "x = 1", FIRST, THIRD))
    assert [code for _, _, code in new()] == ["EIN101"]


def test_what_is_read_from_standard_input() -> None:
    text = Text((HEAD + FIRST).encode(), "a.py")
    baseline.write("known.json", linted(text=text))
    assert new(text=text) == []
    assert new(text=Text((HEAD + SECOND).encode(), "a.py")) == [("a.py", 2, "EIN001")]
    baseline.write("known.json", linted(text=Text((HEAD + FIRST).encode())))
    assert new(text=Text((HEAD + FIRST).encode())) == []


def test_files_that_cannot_be_read(root: Path) -> None:
    Path("a.py").write_bytes(b"\xff einops")
    assert known("a.py", "nowhere.py") == 2
    assert new("a.py", "nowhere.py") == []


def test_a_long_row_is_shortened() -> None:
    long = FIRST.replace("x", "x" * 5000)
    write("a.py", HEAD, long)
    known()
    assert Path("known.json").stat().st_size < 500
    assert new() == []
    write("a.py", HEAD, long.replace("a b", "a c"))
    assert len(new()) == 1


def test_a_baseline_reads_well_in_a_diff() -> None:
    write("a.py", HEAD, FIRST, FIRST, SECOND)
    write("é.py", HEAD, FIRST)
    known()
    assert Path("known.json").read_text("utf-8") == (
        '{"version": 1, "findings": {"a.py": [\n'
        '  {"code": "EIN001", "line": "a = rearrange(x, \'a b\')", "count": 2},\n'
        '  {"code": "EIN001", "line": "b = rearrange(x, \'c d\')", "count": 1}\n'
        '], "\\u00e9.py": [\n'
        '  {"code": "EIN001", "line": "a = rearrange(x, \'a b\')", "count": 1}\n'
        "]}}\n"
    )


@pytest.mark.parametrize(
    "content",
    [
        *("", "{", "[]", "3", "null", "{}", '{"version": 2, "findings": {}}', '{"version": 1}', "\0", "[" * 100_000),
        '{"version": 1, "findings": []}',
        '{"version": 1, "findings": {"a.py": 1}}',
        '{"version": 1, "findings": {"a.py": [{"code": "EIN001"}]}}',
        '{"version": 1, "findings": {"a.py": [{"code": "EIN001", "line": "", "count": "many"}]}}',
    ],
)
def test_what_is_no_baseline(content: str) -> None:
    Path("known.json").write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=r"known\.json is no baseline"):
        baseline.read("known.json")


def einlint(*arguments: str, code: int) -> str:
    done = CliRunner().invoke(main, [*arguments, "--no-cache"])
    assert done.exit_code == code, done.output
    return done.output


def test_the_command_line(root: Path) -> None:
    write("a.py", HEAD, FIRST)
    missing = "Error: the baseline known.json does not exist, `--write-baseline known.json` makes it\n"
    assert einlint("--baseline", "known.json", code=2) == missing
    assert einlint("--write-baseline", "known.json", code=0) == "Wrote 1 finding to known.json\n"
    assert einlint("--baseline", "known.json", code=0) == "All checks passed!\n"
    assert einlint("--baseline=known.json", "--statistics", "--quiet", code=0) == ""
    write("a.py", HEAD, FIRST, SECOND)
    assert einlint("--baseline=known.json", "--output-format=concise", code=1).startswith("a.py:3:")
    assert "exclude each other" in einlint("--baseline=a", "--write-baseline=b", code=2)
    assert "--diff writes nothing" in einlint("--diff", "--write-baseline=b", code=2)
    assert "cannot be written" in einlint("--write-baseline=nowhere/known.json", code=2)
    assert "cannot be read" in einlint("--baseline=.", code=2)
    assert sorted(path.name for path in root.iterdir()) == ["a.py", "known.json"]


CHAINED = "y = rearrange(rearrange(x, 'a b -> b a'), 'b a -> a b 1')\n"
MERGED = "y = rearrange(x, 'a b -> a b 1')\n"


def test_fixes_leave_known_findings_alone() -> None:
    pytest.importorskip("torch")
    write("a.py", HEAD, CHAINED)
    select = "--select=EIN601"
    assert einlint(select, "--write-baseline=known.json", code=0) == "Wrote 1 finding to known.json\n"
    write("a.py", HEAD, CHAINED, CHAINED.replace("y", "z"))
    fix = [sys.executable, "-m", "einlint", select, "--fix", "--unsafe-fixes", "--no-cache", "--baseline=known.json"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([*fix, "a.py"], capture_output=True, text=True, env=environment, check=False)
    assert (done.stdout, done.returncode) == ("Found 1 error (1 fixed, 0 remaining).\n", 0), done.stderr
    assert Path("a.py").read_text("utf-8") == HEAD + CHAINED + MERGED.replace("y", "z")
