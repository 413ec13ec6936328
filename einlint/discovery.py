"""Paths to the files to lint: folders are walked, ignore files and excludes honoured, each file found once."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from typing import NamedTuple

from einlint.config import Config, ancestors, load
from einlint.globs import Globs, IgnoreFiles, expand, is_plain, problem
from einlint.lazily import dataclass

SUFFIXES = (".py", ".pyi", ".ipynb")
_SPECIAL = frozenset(("pyproject.toml", ".git", ".gitignore"))


class File(NamedTuple):
    """A file to lint and the configuration in force where it lies."""

    path: str
    config: Config


class Missed(NamedTuple):
    """A path that was asked for or found and cannot be read, and the reason."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Excludes:
    """`exclude` and `extend-exclude`. Plain names, all that most runs have, need no glob matching."""

    names: frozenset[str]
    globs: Globs

    def __contains__(self, entry: os.DirEntry[str]) -> bool:
        if entry.name in self.names:
            return True
        return bool(self.globs) and self.globs.take(entry.path, folder=_is_folder(entry))

    def cover(self, path: str, root: str) -> bool:
        """Whether an explicit path or a folder between it and `root` is excluded."""
        inside = path.removeprefix(root.rstrip(os.sep) + os.sep)
        return not self.names.isdisjoint(inside.split(os.sep)) or self.globs.take(path)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder during the walk. `ignores` are the ignore files in force; None outside of any repository."""

    path: str
    config: Config
    excludes: Excludes
    ignores: IgnoreFiles | None


class Discovery:
    """Collects files. `isolated` knows no configuration, `force_exclude` applies excludes to explicit paths too."""

    def __init__(self, *, isolated: bool = False, force_exclude: bool = False) -> None:
        self.missed: list[Missed] = []
        self.default = Config(root=os.getcwd())
        self._isolated, self._force_exclude = isolated, force_exclude
        self._files: dict[str, File] = {}
        self._configs: dict[str, Config] = {}
        self._excludes: dict[Config, Excludes] = {}

    def add(self, path: str) -> None:
        """Add a file, whatever it is called, or the files of a folder. Raises ConfigError."""
        try:
            mode = os.stat(path).st_mode
        except (OSError, ValueError) as error:
            self.missed.append(Missed(os.path.abspath(path), _reason(error)))
            return
        path = os.path.abspath(path)
        if self.leaves_out(path):
            return
        if stat.S_ISDIR(mode):
            config = self.config_of(path)
            self._walk(_start(path, config, self._excludes_of(config)))
        else:
            config = self.config_of(os.path.dirname(path))
            self._found(path, os.path.realpath(path), config)

    def files(self) -> list[File]:
        """What was found, in the order of the paths."""
        return sorted(self._files.values(), key=lambda file: file.path)

    def config_of(self, folder: str) -> Config:
        """The configuration in force in a folder. Raises ConfigError."""
        if self._isolated:
            return self.default
        found, passed = self.default, []
        for candidate in ancestors(folder):
            passed.append(candidate)
            if config := self._configs.get(candidate) or load(candidate):
                found = config
                break
        self._configs.update(dict.fromkeys(passed, found))
        return found

    def leaves_out(self, path: str) -> bool:
        """Whether an absolute path that was given is excluded all the same."""
        if not self._force_exclude:
            return False
        config = self.config_of(os.path.dirname(path))
        return self._excludes_of(config).cover(path, config.root)

    def _walk(self, start: Folder) -> None:
        real = os.path.realpath(start.path)
        is_real = real == start.path
        waiting = [start]
        while waiting:
            folder = waiting.pop()
            entries = self._entries(folder.path)
            if special := _SPECIAL.intersection(entry.name for entry in entries):
                folder = self._entered(folder, special)
            for entry in entries:
                is_folder = _is_folder(entry)
                if not is_folder and not (entry.name.endswith(SUFFIXES) and _is_file(entry)):
                    continue
                if entry in folder.excludes or folder.ignores and folder.ignores.take(entry.path, folder=is_folder):
                    continue
                if is_folder:
                    waiting.append(replace(folder, path=entry.path))
                else:
                    path = entry.path
                    if entry.is_symlink():
                        path = os.path.realpath(path)
                    elif not is_real:
                        path = real + path[len(start.path) :]
                    self._found(entry.path, path, folder.config)

    def _entries(self, path: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(path) as entries:
                return list(entries)
        except FileNotFoundError:
            return []
        except OSError as error:
            self.missed.append(Missed(path, _reason(error)))
            return []

    def _entered(self, folder: Folder, special: frozenset[str]) -> Folder:
        """A folder with what its own `pyproject.toml`, `.git` and `.gitignore` put in force."""
        if "pyproject.toml" in special and (config := self.config_of(folder.path)) is not folder.config:
            folder = replace(folder, config=config, excludes=self._excludes_of(config))
        if ".git" in special:
            folder = replace(folder, ignores=_repository(folder.path))
        if ".gitignore" in special and folder.ignores is not None:
            folder = replace(folder, ignores=_with_ignore_file(folder.ignores, folder.path))
        return folder

    def _found(self, path: str, real: str, config: Config) -> None:
        """A file reached twice keeps the path that no link is part of."""
        if path == real or real not in self._files:
            self._files[real] = File(path, config)

    def _excludes_of(self, config: Config) -> Excludes:
        if config not in self._excludes:
            self._excludes[config] = _excludes(config)
        return self._excludes[config]


def _start(path: str, config: Config, excludes: Excludes) -> Folder:
    """Where a walk begins. What covers that folder itself is not in force below it: it was asked for by name."""
    ignores = _ignores_above(path)
    if ignores and any(ignores.take(folder, folder=True) for folder in ancestors(path)):
        ignores = IgnoreFiles(path)
    if excludes.globs.take(path, folder=True):
        excludes = replace(excludes, globs=Globs(config.root))
    return Folder(path, config, excludes, ignores)


def _excludes(config: Config) -> Excludes:
    lines = [*_globs(config, "exclude", config.exclude), *_globs(config, "extend-exclude", config.extend_exclude)]
    ordered = any(line.startswith("!") for line in lines)
    names = frozenset[str]() if ordered else frozenset(filter(is_plain, lines))
    return Excludes(names, Globs(config.root, (line for line in lines if line not in names)))


def _globs(config: Config, key: str, written: Sequence[str]) -> Iterator[str]:
    """The globs under a key, without braces. Raises ConfigError."""
    for glob in written:
        try:
            lines = expand(glob)
        except ValueError as error:
            raise config.error(f"`{key}`: {error}", key, glob) from None
        for line in lines:
            if not is_plain(line) and (reason := problem(line)):
                raise config.error(f"`{key}`: {reason}", key, glob)
            yield line


def _ignores_above(path: str) -> IgnoreFiles | None:
    """What the repository around a folder ignores; None outside of any."""
    between: list[str] = []
    for folder in ancestors(os.path.dirname(path)):
        between.append(folder)
        if os.path.exists(os.path.join(folder, ".git")):
            return reduce(_with_ignore_file, reversed(between), _repository(folder))
    return None


def _repository(folder: str) -> IgnoreFiles:
    return IgnoreFiles(folder, _lines_of(os.path.join(folder, ".git", "info", "exclude")))


def _with_ignore_file(ignores: IgnoreFiles, folder: str) -> IgnoreFiles:
    return ignores.below(folder, _lines_of(os.path.join(folder, ".gitignore")))


def _lines_of(path: str) -> list[str]:
    """The globs of an ignore file that name anything; none where it cannot be read."""
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
            lines = file.read().split("\n")
    except OSError:
        return []
    return [line for line in lines if line.strip(" \t!/") and not line.startswith("#")]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Links to folders are not followed: what they lead to is found where it is, and they may form loops."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
