"""Files that hold no call, known by their folder entries: what was silent and did not change is not even read."""

from __future__ import annotations

import json
import os
import time
from typing import NamedTuple

from einlint.marks import Marks
from einlint.store import Store, digest_of

_SETTLED = 2 * 10**9
"""Nanoseconds after which a change of a file gets another time stamp for certain."""
_MOST_FOLDERS = 500


class Stamp(NamedTuple):
    """What the system changes whenever the content of a file changes."""

    modified: int
    changed: int
    size: int
    inode: int


def stamp_of(path: str) -> Stamp | None:
    """The stamp of a file, None where there is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return Stamp(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


class _Folder:
    """The silent files of a folder by name, as they are known and as they were found."""

    def __init__(self, key: bytes, known: dict[str, list[int]]) -> None:
        self.key, self.known = key, known
        self.found: dict[str, list[int]] = {}


class Quiet:
    """The files without calls: one value of the store for each folder, and for each set of marks that were looked for.

    A name that is gone stays until nothing of its folder is asked for in a month.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._now = time.time_ns()
        self._folders: dict[tuple[str, Marks], _Folder] = {}

    def knows(self, path: str, marks: Marks, stamp: Stamp | None) -> bool:
        """Whether a file was silent when it was last read, and is as it was then."""
        folder, name = os.path.split(path)
        return stamp is not None and self._folder(folder, marks).known.get(name) == [*stamp]

    def learn(self, path: str, marks: Marks, stamp: Stamp | None) -> None:
        """Remember a silent file, whose stamp was taken before it was read.

        One that changed a moment ago is left out: it may change again and keep its stamp.
        """
        if stamp is not None and max(stamp.modified, stamp.changed) < self._now - _SETTLED:
            folder, name = os.path.split(path)
            self._folder(folder, marks).found[name] = [*stamp]

    def save(self) -> None:
        """Hand what is new to the store."""
        for folder in self._folders.values():
            if folder.found:
                self._store.put(folder.key, json.dumps(folder.known | folder.found, separators=(",", ":")).encode())
        self._folders.clear()

    def _folder(self, path: str, marks: Marks) -> _Folder:
        known = self._folders.get((path, marks))
        if known is None:
            if len(self._folders) >= _MOST_FOLDERS:
                self.save()
            key = digest_of(b"quiet", repr((path, marks)).encode("utf-8", "surrogateescape"))
            known = self._folders[path, marks] = _Folder(key, _decoded(self._store.get(key)))
        return known


def _decoded(value: bytes | None) -> dict[str, list[int]]:
    try:
        found = json.loads(value or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
