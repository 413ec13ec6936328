"""Values on disk: right, or absent."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from einlint import store
from einlint.store import Store, clean

ROOT = Path(__file__).parents[1]
VALUE = b"\0value" * 20


def filled(path: Path, *keys: bytes) -> Path:
    """A file with these keys."""
    one = Store(str(path))
    for key in keys:
        one.put(key, VALUE)
    one.save()
    one.close()
    return path


def is_begun_anew(path: Path, key: bytes) -> bool:
    """Whether a file gives nothing, and then keeps what it is given."""
    one = Store(str(path))
    nothing = one.get(b"1") is None
    one.put(key, VALUE)
    one.save()
    one.close()
    return nothing and get(path, key) == VALUE


def keys_of(path: Path) -> set[bytes]:
    with sqlite3.connect(path) as connection:
        keys = {key for (key,) in connection.execute("SELECT key FROM entries")}
    connection.close()
    return keys


def get(path: Path, key: bytes) -> bytes | None:
    one = Store(str(path))
    try:
        return one.get(key)
    finally:
        one.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "values.db"


def test_what_is_put_is_got(path: Path) -> None:
    one = Store(str(path))
    assert one.get(b"1") is None
    one.put(b"1", VALUE)
    assert one.get(b"1") == VALUE
    assert not path.exists()
    one.save()
    assert get(path, b"1") == VALUE
    assert get(path, b"2") is None


def test_the_folder_is_left_out_of_repositories_and_backups(path: Path) -> None:
    filled(path, b"1")
    assert (path.parent / ".gitignore").read_text("utf-8").endswith("\n*\n")
    assert (path.parent / "CACHEDIR.TAG").read_text("utf-8").startswith("Signature: 8a477f597d28d172789f06886806bc55")
    assert len(list(path.parent.iterdir())) == 3


def test_nothing_is_written_when_nothing_is_new(path: Path) -> None:
    Store(str(path)).save()
    assert not path.parent.exists()
    before = filled(path, b"1").stat()
    one = Store(str(path))
    assert one.get(b"1")
    one.save()
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_many_values_are_written_before_the_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_MOST_WAITING", 3)
    one = Store(str(path))
    for key in (b"1", b"2", b"3", b"4"):
        one.put(key, VALUE)
    assert keys_of(path) == {b"1", b"2", b"3"}


def test_a_large_value_is_not_kept(path: Path) -> None:
    one = Store(str(path))
    one.put(b"1", b"x" * 2_000_000)
    assert one.get(b"1") is None


def test_runs_at_the_same_time_keep_each_others_values(path: Path) -> None:
    first, second = Store(str(path)), Store(str(path))
    first.put(b"1", VALUE)
    second.put(b"2", VALUE)
    first.save()
    second.save()
    assert get(path, b"1") == get(path, b"2") == VALUE


def test_a_file_that_another_run_has_just_begun_is_waited_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir(exist_ok=True)
    path.touch()
    one = Store(str(path))
    assert one.get(b"1") is None
    one.put(b"1", VALUE)
    waits = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    waits.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, waits.execute, ["ROLLBACK"])
    release.start()
    one.save()
    release.join()
    waits.close()
    assert get(path, b"1") == VALUE


def test_a_file_whose_tables_are_no_text_is_replaced(path: Path) -> None:
    """SQLite's message about it is no UTF-8 then, which its exception cannot be made of."""
    content = bytearray(filled(path, b"1").read_bytes())
    content[content.index(b"entries")] = 0x90
    path.write_bytes(content)
    assert is_begun_anew(path, b"2")
    assert get(path, b"1") is None


WRITER = """
import sys
from einlint.store import Store
for number in range(15):
    one = Store(sys.argv[1])
    key = b"%s-%d" % (sys.argv[2].encode(), number)
    assert one.get(key) in (None, key * 9)
    one.put(key, key * 9)
    one.save()
    one.close()
    print(number, flush=True)
"""


def test_many_processes_at_once(path: Path) -> None:
    runs = [subprocess.Popen([sys.executable, "-c", WRITER, path, str(run)], cwd=ROOT, stdout=-3) for run in range(3)]
    assert [run.wait() for run in runs] == [0, 0, 0]
    keys = keys_of(path)
    assert all(get(path, key) == key * 9 for key in keys)
    assert len(keys) == 45


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_killed_run_leaves_whole_values(path: Path) -> None:
    for run in range(5):
        command = [sys.executable, "-c", WRITER, str(path), str(run)]
        writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert writer.stdout
        writer.stdout.readline()
        time.sleep(0.004 * run)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
    assert get(path, b"0-0") == b"0-0" * 9
    keys = keys_of(path)
    assert all(get(path, key) == key * 9 for key in keys)


def test_what_was_not_used_for_longest_goes_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_day(day: int) -> Store:
        monkeypatch.setattr(time, "time", lambda: day * 86400.0)
        return Store(str(path), limit=60_000)

    for day in range(4):
        one = on_day(day)
        one.put(b"%d" % day, b"x" * 12_000)
        one.save()
        one.close()
    again = on_day(4)
    assert again.get(b"0") is not None
    again.save()
    assert keys_of(path) == {b"0", b"1", b"2", b"3"}
    again.put(b"4", b"x" * 24_000)
    again.save()
    assert keys_of(path) in ({b"0", b"4"}, {b"0", b"3", b"4"})
    for number in range(60):
        again.put(b"many%d" % number, b"x" * 12_000)
        again.save()
    again.close()
    assert path.stat().st_size < 120_000


def test_what_was_left_behind_long_ago_is_removed(path: Path) -> None:
    filled(path, b"1")
    for name in ("0.0.1-3.11-0.db", "old.db-journal", "mine.txt", "new.db"):
        (path.parent / name).write_bytes(b"")
        if name != "new.db":
            os.utime(path.parent / name, (0, 0))
    store.remove_old(str(path.parent), str(path))
    assert {file.name for file in path.parent.glob("[!.C]*")} == {path.name, "mine.txt", "new.db"}


@pytest.mark.parametrize("content", [b"", b"x", b"SQLite format 3\0", b"text " * 10_000, bytes(50_000)])
def test_a_foreign_file_is_replaced(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert is_begun_anew(path, b"1")


def test_a_database_of_something_else_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE entries (other TEXT)")
    connection.close()
    one = Store(str(path))
    assert one.get(b"1") is None
    one.put(b"1", VALUE)
    one.save()
    one.close()
    assert get(path, b"1") is None


@pytest.mark.parametrize("row", [("text", 1), (None, 1), (3, "x"), (b"", None), (b"shor", 1)])
def test_values_of_another_kind_are_passed_over(path: Path, row: tuple[object, object]) -> None:
    filled(path, b"2")
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO entries VALUES (?, ?, ?)", (b"1", *row))
    connection.close()
    assert get(path, b"1") is None
    assert get(path, b"2") == VALUE


def test_a_value_under_another_key_is_passed_over(path: Path) -> None:
    filled(path, b"1")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE entries SET key = ?", (b"2",))
    connection.close()
    assert get(path, b"2") is None


def test_a_locked_file_is_waited_for_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_PATIENCE", 0.05)
    other = sqlite3.connect(filled(path, b"1"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    waits: list[float] = []
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def connected(path: str, timeout: float, **options: Any) -> sqlite3.Connection:
        waits.append(timeout)
        return connect(path, timeout, **options)

    monkeypatch.setattr(sqlite3, "connect", connected)
    one = Store(str(path))
    assert one.get(b"1") is None
    one.put(b"2", VALUE)
    one.save()
    assert waits == [0.05, 0]
    other.execute("ROLLBACK")
    other.close()
    assert one.get(b"1") is None
    one.close()
    assert (get(path, b"1"), get(path, b"2")) == (VALUE, None)


@pytest.mark.parametrize("place", ["the folder", "the file", "the path to it"])
def test_a_file_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    path = tmp_path / "cache" / "values.db"
    if place == "the file":
        path.mkdir(parents=True)
    elif place == "the folder":
        path.parent.write_bytes(b"")
    else:
        path = Path("/proc/nowhere/cache/values.db")
    one = Store(str(path))
    assert one.get(b"1") is None
    one.put(b"1", VALUE)
    one.save()
    assert get(path, b"1") is None


def test_clean_removes_what_is_ours(path: Path) -> None:
    filled(path, b"1")
    assert clean(str(path.parent))
    assert not path.parent.exists()
    assert not clean(str(path.parent))
    path.parent.write_text("no folder")
    assert not clean(str(path.parent))


def test_clean_leaves_what_is_not(path: Path) -> None:
    (filled(path, b"1").parent / "notes.txt").write_text("mine")
    assert clean(str(path.parent))
    assert [file.name for file in path.parent.iterdir()] == ["notes.txt"]
    (path.parent / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")
    (path.parent / ".gitignore").write_text("*\n")
    (path.parent / "theirs.db").write_text("")
    assert not clean(str(path.parent))
    assert len(list(path.parent.iterdir())) == 4
