"""The files around a file: where an import leads inside the linted tree, and what is bound there."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from functools import lru_cache

from einlint import source
from einlint.names import Names, scan

_STAR = re.compile(rb"^\s*from\s+\S+\s+import\s+\*", re.MULTILINE)


class Project:
    """The modules reachable from one file. `dependencies` records every file that was looked at."""

    def __init__(self, path: str) -> None:
        self.path = os.path.abspath(path)
        self.dependencies: dict[str, str | None] = {}

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
        """Whether the text of a file may bind `name` to something imported or assigned."""
        self._digest(path)
        return _binds(path, _stamp(path), name)

    def names(self, path: str) -> Names | None:
        """What a file of the tree binds; None when it cannot be read or parsed."""
        self._digest(path)
        return _names(path, _stamp(path))

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
        root = package_root(folder)
        yield root
        yield from (r for r in _checkout_folders(root) if any(map(os.path.exists, _candidates(os.path.join(r, top)))))


@lru_cache(1024)
def _checkout_folders(folder: str) -> tuple[str, ...]:
    """The folders above `folder` up to the root of its checkout, with their `src`."""
    above = []
    while not _is_checkout(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
        above += [folder, os.path.join(folder, "src")]
    return tuple(above) if _is_checkout(folder) else ()


def _is_checkout(folder: str) -> bool:
    return any(os.path.exists(os.path.join(folder, mark)) for mark in (".git", "pyproject.toml", "setup.py"))


def package_root(folder: str) -> str:
    """The folder that the outermost package containing `folder` is imported from."""
    while os.path.exists(os.path.join(folder, "__init__.py")) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    return folder


def digest(path: str) -> str | None:
    """The hash of a file's content, None when there is no such file."""
    data = _data(path, _stamp(path))
    return None if data is None else hashlib.sha256(data).hexdigest()


def _candidates(stem: str) -> tuple[str, str]:
    return f"{stem}.py", os.path.join(stem, "__init__.py")


_Stamp = tuple[int, int] | None


def _stamp(path: str) -> _Stamp:
    """What changes when a file does: part of every key below."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size


@lru_cache(512)
def _data(path: str, stamp: _Stamp) -> bytes | None:
    if stamp is None:
        return None
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


@lru_cache(8192)
def _binds(path: str, stamp: _Stamp, name: str) -> bool:
    data = _data(path, stamp) or b""
    if _STAR.search(data):
        return True
    word = re.escape(name.encode())
    return re.search(rb"\bas\s+%b\b|^\s*%b\s*[:=]|\bimport\b[^\n]*\b%b\b|^\s+%b\s*,?\s*\)?\s*$" % (word, word, word, word), data, re.M) is not None


@lru_cache(256)
def _names(path: str, stamp: _Stamp) -> Names | None:
    data = _data(path, stamp)
    read = None if data is None else source.read(data, path)
    return scan(read.tree) if isinstance(read, source.Source) else None
