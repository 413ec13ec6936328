"""The cache: right, or absent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einlint import cache
from einlint.cache import Cache, key_of
from einlint.checking import Checked, Settings
from einlint.findings import Finding, Intent, Position, Related, Safety, Span

SPAN = Span(Position(1, 2), Position(3, 4))
INTENT = Intent("identity-rearrange", SPAN, Safety.UNSAFE)
RELATED = (Related("here", SPAN), Related("there", SPAN, "/b"))
CHECKED = Checked(
    (
        Finding("EIN001", "missing-arrow", "`…`\n \udcff", SPAN, RELATED, cell=3, intent=INTENT),
        Finding("EIN101", "axis-on-one-side", "", SPAN),
    ),
    {"/known": "1", "/none": None},
    ("a note",),
)
SETTINGS = Settings(frozenset({"EIN001"}))
KEY = key_of("/a.py", b"content", SETTINGS)


def digest(path: str) -> str | None:
    return {"/known": "1"}.get(path)


def saved(folder: Path, *keys: bytes) -> Path:
    """The file of a cache with these entries."""
    filled = Cache(str(folder), digest)
    for key in keys:
        filled.put(key, CHECKED)
    filled.save()
    return Path(filled.path)


def test_what_is_put_is_got_in_the_next_run(tmp_path: Path) -> None:
    saved(tmp_path, KEY)
    assert Cache(str(tmp_path), digest).get(KEY) == CHECKED
    assert Cache(str(tmp_path), digest).get(b"other") is None


@pytest.mark.parametrize(
    ("path", "content"), [("/known", "2"), ("/known", None), ("/none", "1")], ids=["changed", "gone", "new"]
)
def test_a_dependency_that_changed(tmp_path: Path, path: str, content: str | None) -> None:
    saved(tmp_path, KEY)
    assert Cache(str(tmp_path), lambda asked: content if asked == path else digest(asked)).get(KEY) is None


def test_all_that_decides_the_findings_is_in_the_key() -> None:
    keys = {
        KEY,
        key_of("/b.py", b"content", SETTINGS),
        key_of("/a.py", b"content2", SETTINGS),
        key_of("/a.py", b"content", Settings(frozenset({"EIN002"}))),
        key_of("/a.py", b"content", Settings(frozenset({"EIN001"}), aliases=(("a", "b"),))),
        key_of("/a.py", b"content", Settings(frozenset({"EIN001"}), targets=("onnx",))),
        key_of("/a.py", b"content", Settings(frozenset({"EIN001"}), noqa=False)),
        key_of(os.fsdecode(b"/\xff.py"), b"content", SETTINGS),
    }
    assert len(keys) == 8
    many = [f"EIN{number}" for number in range(100, 200)]
    assert key_of("/", b"", Settings(frozenset(many))) == key_of("/", b"", Settings(frozenset(many[::-1])))


def test_a_change_of_einlint_starts_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(tmp_path, KEY)
    monkeypatch.setattr(cache, "_version", lambda: "2.0-3.11-0")
    assert Cache(str(tmp_path), digest).get(KEY) is None


def test_the_folder_is_left_out_of_repositories_and_backups(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "cache"
    saved(folder, KEY)
    assert (folder / ".gitignore").read_text("utf-8").endswith("\n*\n")
    assert (folder / "CACHEDIR.TAG").read_text("utf-8").startswith("Signature: 8a477f597d28d172789f06886806bc55")
    assert len(list(folder.iterdir())) == 3


def test_nothing_is_written_when_nothing_is_new(tmp_path: Path) -> None:
    Cache(str(tmp_path / "empty"), digest).save()
    assert not (tmp_path / "empty").exists()
    file = saved(tmp_path, KEY)
    before = file.stat()
    warm = Cache(str(tmp_path), digest)
    assert warm.get(KEY)
    warm.save()
    assert file.stat().st_ino == before.st_ino


def test_runs_at_the_same_time_keep_each_others_entries(tmp_path: Path) -> None:
    first, second = Cache(str(tmp_path), digest), Cache(str(tmp_path), digest)
    assert first.get(b"1") is second.get(b"2") is None
    first.put(b"1", CHECKED)
    second.put(b"2", CHECKED)
    first.save()
    second.save()
    assert Cache(str(tmp_path), digest).get(b"1") == Cache(str(tmp_path), digest).get(b"2") == CHECKED


def test_many_processes_at_once(tmp_path: Path) -> None:
    script = """
import sys
from tests.test_cache import CHECKED, Cache, digest
for number in range(10):
    one = Cache(sys.argv[1], digest)
    assert one.get(sys.argv[2].encode()) in (None, CHECKED)
    one.put(b"%s-%d" % (sys.argv[2].encode(), number), CHECKED)
    one.save()
"""
    root = Path(__file__).parents[1]
    command = [sys.executable, "-c", script, str(tmp_path)]
    runs = [subprocess.Popen([*command, str(number)], cwd=root) for number in range(3)]
    assert [run.wait() for run in runs] == [0, 0, 0]
    entries = [line.partition(b" ")[0] for line in Path(Cache(str(tmp_path), digest).path).read_bytes().splitlines()]
    assert entries
    assert all(Cache(str(tmp_path), digest).get(key) == CHECKED for key in entries)


def test_the_oldest_entries_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = saved(tmp_path, b"1", b"2", b"3")
    monkeypatch.setattr(cache, "MAX_BYTES", file.stat().st_size)
    grown = Cache(str(tmp_path), digest)
    assert grown.get(b"1")
    grown.put(b"4", CHECKED)
    grown.save()
    entries = [line.partition(b" ")[0] for line in file.read_bytes().splitlines()]
    assert entries == [b"3", b"1", b"4"]


def test_what_was_left_behind_long_ago_is_removed(tmp_path: Path) -> None:
    for name in ("0.0.1-3.11-0.jsonl", "0.1.0-3.11-0.jsonl.77.1234", "mine.txt", "new.jsonl"):
        (tmp_path / name).write_bytes(b"")
        if name != "new.jsonl":
            os.utime(tmp_path / name, (0, 0))
    file = saved(tmp_path, KEY)
    assert {path.name for path in tmp_path.glob("[!.C]*")} == {file.name, "mine.txt", "new.jsonl"}


@pytest.mark.parametrize("place", ["the folder", "the file", "the path to it"])
def test_a_cache_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "cache"
    if place == "the file":
        file = saved(folder, b"1")
        file.unlink()
        file.mkdir()
    elif place == "the folder":
        folder.write_bytes(b"")
    else:
        folder = Path("/proc/nowhere/cache")
    broken = Cache(str(folder), digest)
    assert broken.get(KEY) is None
    broken.put(KEY, CHECKED)
    broken.save()
    assert Cache(str(folder), digest).get(KEY) is None
    assert not list(tmp_path.rglob("*.jsonl.*"))


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_damage_is_never_taken_for_a_result(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp() / "damaged"
    Path(Cache(str(folder), digest).path).unlink(missing_ok=True)
    file = saved(folder, b"1", b"2")
    content = bytearray(file.read_bytes())
    start = data.draw(st.integers(0, len(content)))
    stop = data.draw(st.integers(start, len(content)))
    content[start:stop] = data.draw(st.binary(max_size=20))
    file.write_bytes(content)
    assert all(Cache(str(folder), digest).get(key) in (None, CHECKED) for key in (b"1", b"2"))


def test_a_result_of_another_shape_is_passed_over(tmp_path: Path) -> None:
    file = saved(tmp_path, KEY)
    for payload in (b"[]", b"3", b"[[3], {}, []]", b"[[[1, 2]], {}, []]", b"[" * 100_000, b"[[], 3, []]", b"{}"):
        file.write_bytes(b"%b %08x %b\n" % (KEY, crc32(payload), payload))
        assert Cache(str(tmp_path), digest).get(KEY) is None
