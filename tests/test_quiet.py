"""Files without calls are known by their stamps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from einlint import session
from einlint.config import Overrides
from einlint.marks import Marks
from einlint.quiet import Quiet, Stamp, stamp_of
from einlint.session import Linted, Options, lint
from einlint.store import Store

OLD = Stamp(1, 2, 3, 4)
ALIASES = Marks((("a.fold", "einops.rearrange"),))


def reopened(path: Path) -> Quiet:
    return Quiet(Store(str(path)))


def learnt(path: Path, *names: str, stamp: Stamp | None = OLD) -> Quiet:
    store = Store(str(path))
    quiet = Quiet(store)
    for name in names:
        quiet.learn(name, Marks(), stamp)
    quiet.save()
    store.save()
    return reopened(path)


def test_what_was_learnt_is_known(tmp_path: Path) -> None:
    quiet = learnt(tmp_path / "x.db", "/a/b.py", "/a/c.py", "/d/b.py")
    assert all(quiet.knows(path, Marks(), OLD) for path in ("/a/b.py", "/a/c.py", "/d/b.py"))
    assert not quiet.knows("/a/d.py", Marks(), OLD)
    assert not quiet.knows("/a/b.py", ALIASES, OLD)
    assert not quiet.knows("/a/b.py", Marks(), None)


@pytest.mark.parametrize("stamp", [Stamp(0, 2, 3, 4), Stamp(1, 0, 3, 4), Stamp(1, 2, 0, 4), Stamp(1, 2, 3, 0)])
def test_every_part_of_a_stamp_counts(tmp_path: Path, stamp: Stamp) -> None:
    assert not learnt(tmp_path / "x.db", "/a/b.py").knows("/a/b.py", Marks(), stamp)


def test_what_changed_a_moment_ago_is_not_learnt(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    stamp = stamp_of(str(tmp_path / "a.py"))
    assert stamp is not None
    assert not learnt(tmp_path / "x.db", "/a.py", stamp=stamp).knows("/a.py", Marks(), stamp)
    assert stamp_of(str(tmp_path / "nowhere")) is None


def test_a_folder_is_learnt_file_by_file(tmp_path: Path) -> None:
    learnt(tmp_path / "x.db", "/a/b.py")
    quiet = learnt(tmp_path / "x.db", "/a/c.py")
    assert quiet.knows("/a/b.py", Marks(), OLD) and quiet.knows("/a/c.py", Marks(), OLD)


@pytest.mark.parametrize("value", [b"", b"[", b"[]", b'{"b.py": 3}', b"\xff", b"[" * 100_000])
def test_other_values_are_passed_over(tmp_path: Path, value: bytes) -> None:
    store = Store(str(tmp_path / "x.db"))
    quiet = Quiet(store)
    quiet.learn("/a/b.py", Marks(), OLD)
    (key,) = (folder.key for folder in quiet._folders.values())
    store.put(key, value)
    assert not Quiet(store).knows("/a/b.py", Marks(), OLD)


def test_a_silent_file_is_read_again_when_it_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("einlint.quiet._SETTLED", -(10**12))
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    read: list[str] = []
    original = session._read

    def recorded(path: str) -> bytes:
        read.append(path)
        return original(path)

    monkeypatch.setattr(session, "_read", recorded)

    def run(options: Options | None = None) -> list[Linted]:
        read.clear()
        return lint(["."], Overrides(), options)

    assert [len(run()), len(read)] == [1, 1]
    assert [len(run()), len(read)] == [1, 0]
    assert [len(run(Options(cache=False))), len(read)] == [1, 1]
    stamp = path.stat()
    path.write_text("from einops import rearrange\nrearrange(x, 'a')\n")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    (linted,) = run()
    assert [finding.code for finding in linted.findings] == ["EIN001"]
