"""The files around a file: where an import leads inside the linted tree, and what is bound there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import cached_property, lru_cache
from zlib import adler32, crc32

from einlint import source
from einlint.lazily import regex
from einlint.names import Scope
from einlint.scopes import module_scope

# A line is found by the end of the one before: to search for a character is faster than to try every place.
_STAR = regex(rb"\n[ \t]*from[ \t]*[\w.]+[ \t]*import[ \t]*\*")
_DEFINED = regex(rb"\n(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")

_EXISTENCE = "?"
_LARGEST = 4_000_000  # bytes; of a larger module nothing is known but that it is there


class Project:
    """The modules reachable from one file. `dependencies` records all that was looked at, with its `digest`:
    files, folders (written with a slash behind) and whether a file is there at all (written with `?` behind).
    """

    def __init__(self, path: str, dependencies: dict[str, str | None] | None = None) -> None:
        self.path = os.path.abspath(path)
        self.dependencies = {} if dependencies is None else dependencies

    def at(self, path: str) -> Project:
        """The same tree seen from another of its files."""
        return Project(path, self.dependencies)

    @property
    def module(self) -> str:
        """The dotted name that this file is imported by."""
        stem = os.path.relpath(os.path.splitext(self.path)[0], self._root)
        return stem.removesuffix(f"{os.sep}__init__").replace(os.sep, ".")

    def locate(self, module: str, level: int) -> str | None:
        """The file of an imported module, or None when it is not in this tree.

        `level` counts the leading dots of the import; 0 is an absolute import.
        """
        parts = module.split(".") if module else []
        for root in self._roots(level, parts[0] if parts else ""):
            for candidate in _candidates(os.path.join(root, *parts)):
                if self._digest(candidate) is not None:
                    return candidate
        return None

    def submodule(self, path: str, name: str) -> str | None:
        """The file of module `name` inside the package whose `__init__.py` is `path`."""
        if os.path.basename(path) != "__init__.py":
            return None
        folder = os.path.join(os.path.dirname(path), name)
        return next((c for c in _candidates(folder) if self._digest(c) is not None), None)

    def binds(self, path: str, name: str) -> bool:
        """Whether the text of a file may bind `name`."""
        self._digest(path)
        stamp = _stamp(path)
        return name.encode() in (_data(path, stamp) or b"") or _stars(path, stamp)

    def defines(self, path: str, name: str) -> bool:
        """Whether the text of a file has a function or class `name`."""
        self._digest(path)
        return name.encode() in _defined(path, _stamp(path))

    def scope(self, path: str) -> Scope | None:
        """What a file of the tree binds; None when it cannot be read or parsed."""
        self._digest(path)
        return _scope(path, _stamp(path))

    def _digest(self, path: str) -> str | None:
        if path not in self.dependencies:
            self.dependencies[path] = digest(path)
        return self.dependencies[path]

    def _roots(self, level: int, top: str) -> Iterator[str]:
        """Folders that the first component of an import may stand in."""
        folder = os.path.dirname(self.path)
        if level:
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            yield folder
            return
        nearest, *others = self._folders
        yield nearest
        yield from (folder for folder in others if self._holds(folder, top))

    @cached_property
    def _folders(self) -> list[str]:
        """Where absolute imports are looked for: from the outermost package up to the checkout, each with its `src`."""
        above = [self._root]
        while not (found := self._is_checkout(above[-1])) and above[-1] != os.path.dirname(above[-1]):
            above.append(os.path.dirname(above[-1]))
        return [f for folder in above for f in (folder, os.path.join(folder, "src"))] if found else above[:1]

    @cached_property
    def _root(self) -> str:
        """The folder that the outermost package around this file is imported from."""
        folder = os.path.dirname(self.path)
        while self._exists(os.path.join(folder, "__init__.py")) and folder != os.path.dirname(folder):
            folder = os.path.dirname(folder)
        return folder

    def _is_checkout(self, folder: str) -> bool:
        return any(self._exists(os.path.join(folder, mark)) for mark in (".git", "pyproject.toml", "setup.py"))

    def _holds(self, folder: str, name: str) -> bool:
        """Whether a module of this name stands in a folder."""
        listed = self._digest(os.path.join(folder, "")) is not None
        names = _listing(folder, _changed(folder)) if listed else ()
        return f"{name}.py" in names or name in names and self._exists(os.path.join(folder, name, "__init__.py"))

    def _exists(self, path: str) -> bool:
        return self._digest(path + _EXISTENCE) is not None


def digest(path: str) -> str | None:
    """The hash of a file's content, None when there is no such file.

    Of a folder (a path with a slash behind) it is the hash of the names that may be modules; of a path with `?` behind
    it only says whether it is there.
    """
    if path.endswith(_EXISTENCE):
        return "1" if os.path.exists(path.removesuffix(_EXISTENCE)) else None
    if path.endswith(os.sep):
        names = _listing(path, _changed(path))
        return f"{len(names)}-{crc32(repr(sorted(names)).encode('utf-8', 'surrogateescape')):08x}" if names else None
    return _hash(path, _stamp(path))


def _candidates(stem: str) -> tuple[str, str]:
    """The files that a module may be, as Python looks for them."""
    return os.path.join(stem, "__init__.py"), f"{stem}.py"


_Stamp = tuple[int, int] | None


def _stamp(path: str) -> _Stamp:
    """What changes when a file does: part of every key below."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return (status.st_mtime_ns, status.st_size) if stat.S_ISREG(status.st_mode) else None


@lru_cache(4096)
def _hash(path: str, stamp: _Stamp) -> str | None:
    if stamp is not None and stamp[1] > _LARGEST:
        return f"{stamp[0]}-{stamp[1]}"
    data = _data(path, stamp)
    return None if data is None else f"{len(data)}-{crc32(data):08x}-{adler32(data):08x}"


def _changed(folder: str) -> int | None:
    try:
        return os.stat(folder).st_mtime_ns
    except (OSError, ValueError):
        return None


@lru_cache(1024)
def _listing(folder: str, changed: int | None) -> frozenset[str]:
    """The names in a folder that modules and packages can have."""
    try:
        names = os.listdir(folder)
    except (OSError, ValueError):
        return frozenset()
    return frozenset(name for name in names if name.endswith(".py") or name.isidentifier())


@lru_cache(64)
def _data(path: str, stamp: _Stamp) -> bytes | None:
    if stamp is None or stamp[1] > _LARGEST:
        return None
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


@lru_cache(1024)
def _defined(path: str, stamp: _Stamp) -> frozenset[bytes]:
    """The functions and classes of a module: one pass for all names that are looked for."""
    return frozenset(_DEFINED.findall(b"\n" + (_data(path, stamp) or b"")))


@lru_cache(1024)
def _stars(path: str, stamp: _Stamp) -> bool:
    return _STAR.search(b"\n" + (_data(path, stamp) or b"")) is not None


@lru_cache(256)
def _scope(path: str, stamp: _Stamp) -> Scope | None:
    data = _data(path, stamp)
    read = None if data is None else source.read(data, path)
    return module_scope(read.tree, b"global" in (data or b"")) if isinstance(read, source.Source) else None
