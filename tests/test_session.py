"""Paths to findings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from einlint import session
from einlint.config import ConfigError, Overrides
from einlint.findings import Finding, Position, Span
from einlint.project import digest
from einlint.session import Linted, Options, Text, lint
from einlint.settings import Checked, Settings

GOOD = "from einops import rearrange\nrearrange(x, 'a b -> b a')\n"
BAD = "from einops import rearrange\nrearrange(x, 'a b')\n"


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "root").mkdir()
    monkeypatch.chdir(tmp_path / "root")
    return tmp_path / "root"


def write(**texts: str) -> None:
    for name, text in texts.items():
        Path(f"{name}.py").write_text(text, "utf-8")


def found(linted: list[Linted]) -> dict[str, list[str]]:
    return {os.path.relpath(file.path): [finding.code for finding in file.findings] for file in linted}


class Recorder:
    """A check that remembers what it was asked."""

    def __init__(self, *dependencies: str) -> None:
        self.paths: list[str] = []
        self.dependencies = dependencies

    def __call__(self, data: bytes, path: str, settings: Settings) -> Checked:
        self.paths.append(os.path.basename(path))
        span = Span(Position(1, 1), Position(1, 2))
        return Checked((Finding("EIN001", "missing-arrow", "m", span),), {p: digest(p) for p in self.dependencies})


def test_every_file_in_the_order_of_the_paths() -> None:
    write(b=BAD, a=BAD + "rearrange(x, 'a')", c=GOOD, d="nothing here")
    assert found(lint(["."])) == {"a.py": ["EIN001", "EIN001"], "b.py": ["EIN001"], "c.py": [], "d.py": []}
    assert list(found(lint(["d.py", "b.py"]))) == ["b.py", "d.py"]


def test_content_goes_with_findings() -> None:
    write(a=GOOD, b=BAD)
    assert [file.data for file in lint(["."])] == [b"", BAD.encode()]


def test_a_file_that_mentions_no_call_is_not_checked() -> None:
    write(a="torch.sum(x)", b=GOOD)
    check = Recorder()
    lint(["."], options=Options(check=check))
    assert check.paths == ["b.py"]


def test_paths_that_cannot_be_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(a=BAD, vanished=BAD)
    read = session._read

    def vanish(path: str) -> bytes:
        if path.endswith("vanished.py"):
            raise FileNotFoundError(2, "No such file or directory")
        return read(path)

    monkeypatch.setattr(session, "_read", vanish)
    linted = lint([".", "missing", "missing"])
    assert found(linted) == {"a.py": ["EIN001"], "missing": ["EIN903"], "vanished.py": ["EIN903"]}
    assert linted[1].findings[0].message == "the file cannot be read: No such file or directory"


def test_a_file_that_is_not_checked_is_never_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(data: bytes, path: str, settings: Settings) -> Checked:
        raise ValueError("reason")

    write(a=BAD)
    (linted,) = lint(["."], options=Options(check=fail))
    assert [(finding.code, finding.message) for finding in linted.findings] == [
        ("EIN904", "checking this file failed with `ValueError: reason`")
    ]
    (linted,) = lint(["."], Overrides(ignore=("EIN904",)), Options(check=fail))
    assert (linted.findings, linted.notes) == ((), ("checking this file failed with `ValueError: reason`",))
    monkeypatch.setattr(session, "MAX_BYTES", 10)
    (linted,) = lint(["."])
    assert [finding.code for finding in linted.findings] == ["EIN904"]
    assert "larger than" in linted.findings[0].message


def test_text() -> None:
    (linted,) = lint([], text=Text(BAD.encode()))
    assert (linted.path, len(linted.findings)) == ("-", 1)
    (linted,) = lint([], text=Text(BAD.encode(), "sub/a.py"))
    assert (linted.path, len(linted.findings)) == (os.path.abspath("sub/a.py"), 1)
    write(a=GOOD)
    assert found(lint(["a.py"], text=Text(BAD.encode()))) == {"-": ["EIN001"], "a.py": []}


def test_text_has_the_settings_of_its_name() -> None:
    Path("pyproject.toml").write_text("[tool.einlint]\nper-file-ignores = {'a.py' = ['EIN0']}\nexclude = ['b.py']")
    text = BAD.encode()
    assert found(lint([], text=Text(text, "a.py"))) == {"a.py": []}
    assert found(lint([], text=Text(text, "b.py"))) == {"b.py": ["EIN001"]}
    assert found(lint([], options=Options(force_exclude=True), text=Text(text, "b.py"))) == {}
    assert found(lint([], options=Options(isolated=True), text=Text(text, "a.py"))) == {"a.py": ["EIN001"]}


def test_configuration_and_options() -> None:
    write(a=BAD)
    Path("pyproject.toml").write_text("[tool.einlint]\nignore = ['EIN001']")
    assert found(lint(["."])) == {"a.py": []}
    assert found(lint(["."], Overrides(select=("EIN001",)))) == {"a.py": ["EIN001"]}
    assert found(lint(["."], options=Options(isolated=True))) == {"a.py": ["EIN001"]}
    with pytest.raises(ConfigError, match="--select"):
        lint(["."], Overrides(select=("nothing",)))


def test_an_alias_is_searched_for() -> None:
    write(a="from mylib import fold\nfold(x, 'a b')\n")
    Path("pyproject.toml").write_text("[tool.einlint.aliases]\n'mylib.fold' = 'einops.rearrange'")
    assert found(lint(["."])) == {"a.py": ["EIN001"]}


def test_what_was_checked_is_not_checked_again(root: Path) -> None:
    write(a=BAD, b=GOOD)
    first, second = Recorder(), Recorder()
    cold = lint(["."], options=Options(check=first))
    assert first.paths == ["a.py", "b.py"]
    assert (root / ".einlint_cache" / ".gitignore").exists()
    write(b=GOOD + "\n")
    warm = lint(["."], options=Options(check=second))
    assert second.paths == ["b.py"]
    assert [file.findings for file in warm] == [file.findings for file in cold]


@pytest.mark.parametrize("before", [None, "1"])
@pytest.mark.parametrize("after", [None, "2"])
def test_a_file_is_checked_again_when_a_dependency_changed(before: str | None, after: str | None) -> None:
    write(a=BAD)
    dependency = os.path.abspath("dependency.txt")
    if before:
        Path(dependency).write_text(before)
    first, second = Recorder(dependency), Recorder()
    lint(["."], options=Options(check=first))
    Path(dependency).unlink(missing_ok=True)
    if after:
        Path(dependency).write_text(after)
    lint(["."], options=Options(check=second))
    assert (first.paths, second.paths) == (["a.py"], [] if before == after else ["a.py"])


CALL = "from ops import fold\nfold(x, 'a')\n# einops\n"
EXPORT = "from einops import rearrange as fold\n"


@pytest.mark.parametrize(
    ("before", "after", "now"),
    [
        pytest.param({"ops.py": EXPORT}, {"ops.py": "fold = print"}, False, id="a helper changes"),
        pytest.param({"ops.py": "fold = print"}, {"ops.py": EXPORT}, True, id="a helper becomes a call"),
        pytest.param({}, {"ops.py": EXPORT}, True, id="a module appears"),
        pytest.param({"ops.py": EXPORT}, {"ops.py": None}, False, id="a module goes"),
        pytest.param({"ops.py": EXPORT}, {"ops/__init__.py": "fold = print"}, False, id="a package hides a module"),
        pytest.param(
            {"ops.py": "from inner import *", "inner.py": EXPORT}, {"inner.py": ""}, False, id="a helper's helper"
        ),
        pytest.param({"pyproject.toml": ""}, {"src/ops.py": EXPORT}, True, id="a module appears in src"),
        pytest.param(
            {"pyproject.toml": "", "src/ops/notes.txt": "", "src/x.py": ""},
            {"src/ops/__init__.py": EXPORT},
            True,
            id="a folder becomes a package",
        ),
        pytest.param({"src/ops.py": EXPORT}, {"pyproject.toml": ""}, True, id="a folder becomes a checkout"),
        pytest.param(
            {"pyproject.toml": "", "ops.py": EXPORT, "sub/ops.py": "fold = print"},
            {"sub/__init__.py": ""},
            True,
            id="a folder becomes a package, whose imports begin above it",
        ),
    ],
)
def test_facts_of_other_files_are_not_outlived(
    root: Path, before: dict[str, str | None], after: dict[str, str | None], now: bool
) -> None:
    place = "sub/a.py" if any(name.startswith("sub") for name in after) else "a.py"
    for files in ({place: CALL, **before}, after):
        for name, text in files.items():
            (root / name).parent.mkdir(exist_ok=True, parents=True)
            (root / name).unlink() if text is None else (root / name).write_text(text, "utf-8")
        warm = [bool(file.findings) for file in lint([place])]
        assert warm == [bool(file.findings) for file in lint([place], options=Options(cache=False))]
    assert warm == [now]


def test_a_failure_is_not_remembered() -> None:
    def fail(data: bytes, path: str, settings: Settings) -> Checked:
        raise ValueError

    write(a=BAD)
    lint(["."], options=Options(check=fail))
    assert found(lint(["."])) == {"a.py": ["EIN001"]}


def test_without_cache(root: Path) -> None:
    write(a=BAD)
    lint(["."], options=Options(cache=False))
    assert not (root / ".einlint_cache").exists()


def test_where_the_cache_is(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(a=BAD)
    (root / "pyproject.toml").write_text("[tool.einlint]\ncache-dir = 'configured'")
    (root / "sub").mkdir()
    monkeypatch.chdir(root / "sub")
    lint([str(root)])
    assert (root / "configured" / "CACHEDIR.TAG").exists()
    monkeypatch.setenv("EINLINT_CACHE_DIR", str(tmp_path / "environment"))
    lint([str(root)])
    assert (tmp_path / "environment" / "CACHEDIR.TAG").exists()


def test_progress_counts_to_the_end() -> None:
    write(a=BAD, b=GOOD, c="")
    calls: list[tuple[int, int]] = []
    lint(["."], options=Options(progress=lambda done, total: calls.append((done, total))))
    assert calls == [(2, 3), (3, 3)]


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


def test_what_is_next_is_read_while_processes_work(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        write(**{f"m{number}": (BAD if number % 3 else GOOD) + "#" * 40_000})
    expected = lint(["."], options=Options(cache=False, jobs=1))
    monkeypatch.setattr(session, "BATCH_BYTES", 1)  # there are several parts then, of 1 MB
    done: list[int] = []
    options = Options(jobs=2, progress=lambda count, _: done.append(count))
    assert lint(["."], options=options) == expected
    assert done == list(range(1, 61))
    assert lint(["."], options=options) == expected


def test_the_way_it_is_done_makes_no_difference(executor: ThreadPoolExecutor) -> None:
    for number in range(30):
        write(**{f"m{number}": (BAD if number % 3 else GOOD) * (number + 1) + "#" * 20_000})
    expected = lint(["."], options=Options(cache=False, jobs=1))
    assert len(expected) == 30
    assert lint(["."], options=Options(cache=False, jobs=2)) == expected
    assert lint(["."], options=Options(cache=False, executor=executor)) == expected
    assert lint(["."]) == lint(["."]) == expected
