"""Values on disk by key: one SQLite file, which may be lost, damaged, foreign, locked or shared at any time.

Nothing here raises: what cannot be read is not there, and what cannot be written is forgotten.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from importlib.util import find_spec
from threading import RLock
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    import sqlite3

MAX_BYTES = 128_000_000
"""What the file may grow to, in bytes."""

SUFFIX = ".db"
_SUFFIXES = (SUFFIX, f"{SUFFIX}-journal")
_LARGEST_VALUE = 1_000_000
_MAX_AGE = 30  # days
_PATIENCE = 2.0  # seconds that another process may hold the file
_MOST_WAITING = 2_000
_TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n"
_IGNORE = b"# Automatically created by einlint.\n*\n"
_SCHEMA = "CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB, day INTEGER) WITHOUT ROWID"


class Store:
    """What was put under a key, until it was not asked for in 30 days or newer values need the room.

    SQLite keeps runs at the same time apart and a killed run from leaving half of a value. Every value has a checksum,
    which SQLite lacks. New values are written by `save` and when many wait. Threads may share a store.
    """

    def __init__(self, path: str, limit: int = MAX_BYTES) -> None:
        self.path = path
        self._limit = limit
        self._today = int(time.time() // 86400)
        self._new: dict[bytes, bytes] = {}
        self._asked: set[bytes] = set()
        self._connection: sqlite3.Connection | None = None
        self._lock = RLock()
        self._patience = _PATIENCE
        self._unreadable = self._absent = find_spec("_sqlite3") is None

    def get(self, key: bytes) -> bytes | None:
        """The value, None for none and for a damaged one."""
        with self._lock:
            if key in self._new:
                return self._new[key]
            row = self._row(key)
        if row is None:
            return None
        value, day = row
        if not isinstance(value, bytes) or value[:4] != _checksum(key, value[4:]):
            return None
        if day != self._today:
            with self._lock:
                self._asked.add(key)
                self._save_many()
        return value[4:]

    def put(self, key: bytes, value: bytes) -> None:
        """Remember a value."""
        with self._lock:
            if len(value) <= _LARGEST_VALUE:
                self._new[key] = value
            self._save_many()

    def save(self) -> None:
        """Write what is new and what was asked for."""
        with self._lock:
            self._save()

    def _save(self) -> None:
        if self._absent or not (self._new or self._asked):
            return
        import sqlite3

        try:
            self._write()
        except sqlite3.OperationalError:  # locked, full, read-only: an error of the moment
            self.close()
        except (sqlite3.DatabaseError, UnicodeError):  # damaged, also in the text of a message, or no database at all
            self.close()
            with suppress(OSError, sqlite3.Error):
                os.unlink(self.path)
                self._write()
        except OSError:
            pass
        self._new.clear()
        self._asked.clear()

    def close(self) -> None:
        """Let go of the file. It is opened again when it is needed."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _save_many(self) -> None:
        if len(self._new) + len(self._asked) >= _MOST_WAITING:
            self.save()

    def _row(self, key: bytes) -> tuple[object, object] | None:
        if self._unreadable or self._connection is None and not os.path.isfile(self.path):
            return None
        import sqlite3

        try:
            found = self._open().execute("SELECT value, day FROM entries WHERE key = ?", (key,)).fetchone()
        except (sqlite3.Error, OverflowError, UnicodeError) as error:
            self._unreadable = True
            if "locked" in str(error):  # waiting once is enough; another run may just have begun to write, too
                self._patience = 0.0
                self.close()
            return None
        return None if found is None else (found[0], found[1])

    def _open(self) -> sqlite3.Connection:
        import sqlite3

        if self._connection is None:
            self._connection = sqlite3.connect(self.path, self._patience, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA synchronous = OFF")  # a loss of power may cost the file, no run is hurt
        return self._connection

    def _write(self) -> None:
        prepare(os.path.dirname(self.path))
        connection = self._open()
        connection.execute("BEGIN IMMEDIATE")
        with connection:  # commits, or rolls back
            connection.execute(_SCHEMA)
            rows = [(key, _checksum(key, value) + value, self._today) for key, value in self._new.items()]
            connection.executemany("REPLACE INTO entries VALUES (?, ?, ?)", rows)
            connection.executemany("UPDATE entries SET day = ? WHERE key = ?", [(self._today, k) for k in self._asked])
            self._make_room(connection)

    def _make_room(self, connection: sqlite3.Connection) -> None:
        """Drop what was not used for longest, once the file is full."""
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (free,) = connection.execute("PRAGMA freelist_count").fetchone()
        if (pages - free) * size <= self._limit:
            return
        connection.execute("DELETE FROM entries WHERE day < ?", (self._today - _MAX_AGE,))
        half = "SELECT key FROM entries ORDER BY day LIMIT (SELECT count(*) / 2 FROM entries)"
        connection.execute(f"DELETE FROM entries WHERE key IN ({half})")


def digest_of(*parts: bytes) -> bytes:
    """A short key for long ones."""
    import hashlib

    whole = hashlib.blake2b(digest_size=16)
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.digest()


def _checksum(key: bytes, value: bytes) -> bytes:
    return crc32(value, crc32(key)).to_bytes(4, "big")


def prepare(folder: str) -> None:
    """Make a folder that git and backups leave out, as ruff's. Raises OSError."""
    if os.path.exists(os.path.join(folder, ".gitignore")):
        return
    os.makedirs(folder, exist_ok=True)
    for name, content in (("CACHEDIR.TAG", _TAG), (".gitignore", _IGNORE)):
        with suppress(FileExistsError), open(os.path.join(folder, name), "xb") as file:
            file.write(content)


def remove_old(folder: str, kept: str) -> None:
    """Remove files of this kind that nothing has written to for long. Raises OSError."""
    limit = time.time() - _MAX_AGE * 86400
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(_SUFFIXES) and entry.path != kept and entry.stat().st_mtime < limit:
                os.unlink(entry.path)


def clean(folder: str) -> bool:
    """Remove a folder of values, if it is one: whether it was. What is not ours in it stays. Raises OSError."""
    try:
        with (
            open(os.path.join(folder, "CACHEDIR.TAG"), "rb") as tag,
            open(os.path.join(folder, ".gitignore"), "rb") as git,
        ):
            if tag.read(len(_TAG)) != _TAG or git.read(len(_IGNORE)) != _IGNORE:
                return False
    except (FileNotFoundError, NotADirectoryError):
        return False
    names = [name for name in os.listdir(folder) if name.endswith(_SUFFIXES)]
    for name in (*names, "CACHEDIR.TAG", ".gitignore"):
        with suppress(FileNotFoundError):
            os.unlink(os.path.join(folder, name))
    if not os.listdir(folder):
        os.rmdir(folder)
    return True
