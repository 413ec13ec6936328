"""Bad luck as it happens: odd files, full disks, files that may not be read or written, files that vanish."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limits and the file system of Linux")

ROOT = Path(__file__).parents[1]
HEAD = "from einops import rearrange\n"
BAD = HEAD + "rearrange(x, 'a b')\n"
CHAINED = HEAD + "y = rearrange(rearrange(x, 'a b -> b a'), 'b a -> b 1 a')\n"
MERGED = HEAD + "y = rearrange(x, 'a b -> b 1 a')\n"
FIX = ("--fix", "--select=EIN601")

Done = subprocess.CompletedProcess[str]


def einlint(folder: Path, *arguments: str, **options: Any) -> Done:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "einlint", "--output-format=concise", *arguments]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env=environment, timeout=120, check=False, **options
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def found(done: Done) -> dict[str, list[str]]:
    """The codes of each file."""
    codes: dict[str, list[str]] = {}
    for line in done.stdout.splitlines()[:-1]:
        place, _, text = line.partition(": ")
        codes.setdefault(place.split(":")[0], []).append(text.split()[0])
    return codes


def cells(*sources: str) -> bytes:
    return json.dumps({"cells": [{"cell_type": "code", "source": source} for source in sources]}).encode()


ODD: dict[str, tuple[bytes, list[str]]] = {
    "bom.py": (BAD.encode("utf-8-sig"), ["EIN001"]),
    "breaks.py": (BAD.replace("\n", "\r\n").encode(), ["EIN001"]),
    "carriage.py": (BAD.replace("\n", "\r").encode(), ["EIN001"]),
    "form.py": (BAD.replace("\n", "\n\f\n").encode(), ["EIN001"]),
    "null.py": (BAD.encode() + b"\0", ["EIN901"]),
    "nulls.py": (b"\0" * 1_000_000 + b"einops", ["EIN901"]),
    "bytes.py": (BAD.encode() + b"# \xff\n", ["EIN903"]),
    "latin.py": (b"# -*- coding: latin-1 -*-\n# \xff\n" + BAD.encode(), ["EIN001"]),
    "korean.py": (b"# coding: euc-kr\n" + ("# \uac00\n" + BAD).encode("euc-kr"), ["EIN001"]),
    "coding.py": (b"# coding: nothing\n" + BAD.encode(), ["EIN903"]),
    "other.py": (b"# coding: rot13\n" + BAD.encode(), ["EIN903"]),
    "open.py": (BAD.encode() + b"x = (\n", ["EIN901"]),
    "deep.py": (BAD.encode() + b"x = " + b"(" * 5000 + b")" * 5000 + b"\n", ["EIN901"]),
    "signs.py": (BAD.encode() + b"x = " + b"-" * 5000 + b"1\n", ["EIN901"]),
    "blocks.py": (BAD.encode() + b"".join(b" " * i + b"if x:\n" for i in range(200)), ["EIN901"]),
    "ten.py": (HEAD.encode() + b"x = '" + b"." * 10_000_000 + b"'\nrearrange(x, 'a')\n", ["EIN001"]),
    "more.py": (BAD.encode() + b"#" * 13_000_000, ["EIN904"]),
    "magics.ipynb": (cells("%load_ext x\n!ls\n" + HEAD, "%%bash\nls", "y ?", "rearrange(x, 'a b')"), ["EIN001"]),
    "broken.ipynb": (b'{"cells": [einops', ["EIN903"]),
    "empty.py": (b"", []),
    "quiet.py": (b"\xff\0 nothing of interest", []),
}  # fmt: skip


def test_every_odd_file_is_survived(tmp_path: Path) -> None:
    for name, (data, _) in ODD.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "nowhere.py").symlink_to("gone.py")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "up").symlink_to(tmp_path)
    (tmp_path / "folder" / "again.py").symlink_to(tmp_path / "bom.py")
    (tmp_path / "named.py").mkdir()
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / os.fsdecode(b"\xff name.py")).write_text(BAD)
    expected = {name: codes for name, (_, codes) in ODD.items() if codes} | {"\\udcff name.py": ["EIN001"]}
    for arguments in ((), (), ("--no-cache", "--jobs=1")):
        done = einlint(tmp_path, *arguments)
        note = "warning: ten.py: larger than 1 MB: only its patterns were checked, no shapes\n"
        assert (found(done), done.stderr, done.returncode) == (expected, note, 1)


def limited() -> None:
    """No file may grow beyond 100 bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no right to mount a disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 512):
                pass
        except OSError:
            pass


@pytest.mark.parametrize("arguments", [(), FIX])
def test_files_may_not_grow(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    text = CHAINED + "#" * 200
    (tmp_path / "a.py").write_text(text)
    (tmp_path / "b.py").write_text(BAD)
    done = einlint(tmp_path, *arguments, "--extend-select=EIN0", preexec_fn=limited)
    assert (tmp_path / "a.py").read_text() == text
    assert found(done)["b.py"] == ["EIN001"]
    assert ("a.py: it cannot be written: File too large" in done.stderr) is bool(arguments)
    assert einlint(tmp_path, "--write-baseline=known.json", preexec_fn=limited).returncode == 2
    assert not list(tmp_path.glob("known.json")) and not list(tmp_path.glob(".einlint-*"))


def test_the_disk_is_full(tiny: Path) -> None:
    text = CHAINED + "#" * 9000
    (tiny / "a.py").write_text(text)
    (tiny / "b.py").write_text(BAD)
    fill(tiny)
    done = einlint(tiny)
    assert (found(done), done.stderr) == ({"b.py": ["EIN001"]}, "")
    done = einlint(tiny, *FIX, "--extend-select=EIN0")
    assert done.stderr.startswith("warning: a.py: it cannot be written: No space left on device")
    assert (tiny / "a.py").read_text() == text
    (tiny / "filler").unlink()
    einlint(tiny, *FIX)
    assert (tiny / "a.py").read_text() == text.replace(CHAINED, MERGED)


def ordinary() -> None:
    """Root obeys the modes of files, too: `CAP_DAC_OVERRIDE` and `CAP_DAC_READ_SEARCH` are not kept."""
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability)  # PR_CAPBSET_DROP


def test_files_and_folders_without_rights(tmp_path: Path) -> None:
    modes = {"unreadable.py": 0o000, "readonly.py": 0o444, "closed": 0o000, "locked": 0o555}
    paths = [tmp_path / name for name in ("unreadable.py", "readonly.py", "closed/a.py", "locked/a.py", "b.py")]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_text(CHAINED + "rearrange(x, 'a')\n")
    for name, mode in modes.items():
        (tmp_path / name).chmod(mode)
    done = einlint(tmp_path, *FIX, "--extend-select=EIN0,EIN9", preexec_fn=ordinary)
    for name in modes:
        (tmp_path / name).chmod(0o755)
    assert [path.read_text().startswith(CHAINED) for path in paths] == [True, True, True, True, False]
    codes = found(done)
    assert codes["unreadable.py"] == codes["closed"] == ["EIN903"]
    assert "warning: readonly.py: it cannot be written: Permission denied" in done.stderr
    assert "warning: locked/a.py: it cannot be written: Permission denied" in done.stderr
    assert not list(tmp_path.rglob(".einlint-*"))


def test_files_that_come_and_go_during_the_run(tmp_path: Path) -> None:
    stop = threading.Event()

    def churn() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            folder = tmp_path / f"p{number % 7}"
            folder.mkdir(exist_ok=True)
            for k in range(20):
                (folder / f"m{k}.py").write_text(f"from .m{(k + 1) % 20} import f\n{BAD}f(x, 'a')\n")
            shutil.rmtree(tmp_path / f"p{(number + 3) % 7}", ignore_errors=True)

    (tmp_path / "stays.py").write_text("from p1.m1 import f\n" + BAD)
    thread = threading.Thread(target=churn)
    thread.start()
    try:
        for jobs in (1, 2):
            done = einlint(tmp_path, f"--jobs={jobs}")
            assert done.returncode == 1
            assert found(done)["stays.py"] == ["EIN001"]
            assert {code for codes in found(done).values() for code in codes} <= {"EIN001", "EIN903"}
    finally:
        stop.set()
        thread.join()
