"""`[tool.einlint]` of the closest `pyproject.toml` that has it, and what the command line says over it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

from einlint.lazily import dataclass

DEFAULT_EXCLUDE = (
    *(".bzr", ".direnv", ".eggs", ".einlint_cache", ".git", ".git-rewrite", ".hg", ".ipynb_checkpoints"),
    *(".mypy_cache", ".nox", ".pants.d", ".pyenv", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv"),
    *(".vscode", "__pycache__", "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules"),
    *("site-packages", "venv"),
)


class ConfigError(ValueError):
    """A configuration or an option that cannot be used; the text says where and why."""

    def __init__(self, message: str, path: str | None = None, row: int | None = None) -> None:
        self.message, self.path, self.row = message, path, row
        place = f"{path}:{row}: " if path and row else f"{path}: " if path else ""
        super().__init__(place + message)


@dataclass(frozen=True, slots=True)
class Config:
    """One `[tool.einlint]`. Globs are relative to `root`; `path` is None for the defaults."""

    root: str
    path: str | None = None
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    targets: tuple[str, ...] = ()
    cache: bool = True
    cache_dir: str | None = None

    def error(self, message: str, key: str, item: str = "") -> ConfigError:
        """An error at the row of a key, or of an item of it, in the file as it is now."""
        if self.path is None:
            return ConfigError(message)
        try:
            with open(self.path, encoding="utf-8-sig") as file:
                text = file.read()
        except (OSError, ValueError):
            return ConfigError(message, self.path)
        return _fail(key, message, self.path, text, item)


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says. `select`, `per_file_ignores` and `targets` replace those of the configuration."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    targets: tuple[str, ...] | None = None


def closest(folder: str) -> Config:
    """The configuration in force in an absolute folder: the first one going up. Raises ConfigError."""
    for candidate in ancestors(folder):
        if config := load(candidate):
            return config
    return Config(root=folder)


def load(folder: str) -> Config | None:
    """The configuration that a folder's own `pyproject.toml` holds, if any. Raises ConfigError."""
    path = os.path.join(folder, "pyproject.toml")
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return None
    return parse(data, path) if b"einlint" in data else None


def parse(data: bytes, path: str) -> Config | None:
    """The `[tool.einlint]` in the bytes of a `pyproject.toml`, None without one. Raises ConfigError."""
    text = _decode(data, path)
    tool = _toml(text, path).get("tool")
    if not isinstance(tool, dict) or "einlint" not in tool:
        return None
    table, fail = tool["einlint"], partial(_fail, path=path, text=text)
    if not isinstance(table, dict):
        raise fail("einlint", f"`tool.einlint` must be a table, found {_kind(table)}")
    values = {}
    for key, value in table.items():
        if key not in _READERS:
            raise fail(key, f"unknown key `{key}`" + _did_you_mean(key))
        try:
            values[key.replace("-", "_")] = _READERS[key](value)
        except _Expected as expected:
            raise fail(key, f"`{key}` must be {expected}") from None
    return Config(root=os.path.dirname(path), path=path, **values)


def ancestors(folder: str) -> Iterator[str]:
    """A folder and all folders above it."""
    yield folder
    while folder != (folder := os.path.dirname(folder)):
        yield folder


class _Expected(ValueError):
    pass


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Expected(f"a string, found {_kind(value)}")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Expected(f"a boolean, found {_kind(value)}")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Expected(f"a list of strings, found {_kind(value)}")
    for item in value:
        if not isinstance(item, str):
            raise _Expected(f"a list of strings, found {_kind(item)} in it")
    return tuple(value)


def _texts_by_glob(value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise _Expected(f"a table of glob to list of strings, found {_kind(value)}")
    return tuple((glob, _texts(item)) for glob, item in value.items())


def _names_by_name(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise _Expected(f"a table of dotted name to dotted name, found {_kind(value)}")
    return tuple(_flat(value, ""))


def _flat(table: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    """`mylib.fold = "..."` without quotes is a table in a table to TOML, and the same name to its writer."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield _dotted(prefix + key), _dotted(value)


def _dotted(value: Any) -> str:
    name = value if isinstance(value, str) else _kind(value)
    if not isinstance(value, str) or not all(part.isidentifier() for part in value.split(".")):
        raise _Expected(f"a table of dotted name to dotted name, found `{name}` in it")
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "select": _texts,
    "extend-select": _texts,
    "ignore": _texts,
    "per-file-ignores": _texts_by_glob,
    "exclude": _texts,
    "extend-exclude": _texts,
    "aliases": _names_by_name,
    "targets": _texts,
    "cache": _flag,
    "cache-dir": _text,
}


def _decode(data: bytes, path: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"byte {error.start} is not valid UTF-8", path, row) from None


def _toml(text: str, path: str) -> dict[str, Any]:
    loads = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli").loads
    try:
        table: dict[str, Any] = loads(text)
        return table
    except RecursionError:
        raise ConfigError("it is nested too deeply to be TOML", path) from None
    except ValueError as error:
        message, _, place = str(error).partition(" (at ")
        row = re.match(r"line (\d+)", place)
        raise ConfigError(f"this is not valid TOML: {message}", path, int(row[1]) if row else None) from None


def _fail(key: str, message: str, path: str, text: str, item: str = "") -> ConfigError:
    """An error at the first row of the section that starts with `key`, or at the row of an item after that."""
    start = max(text.find("tool.einlint"), 0)
    start = text.rfind("\n", 0, start) + 1
    written = rf"""^[\[ \t]*(?:tool\.einlint\.)?["']?{re.escape(key)}(?![\w-])"""
    found = re.compile(written, re.MULTILINE).search(text, start)
    quoted = re.compile(rf"""(["']){re.escape(item)}\1""").search(text, found.start()) if found and item else None
    place = quoted or found
    return ConfigError(message, path, text.count("\n", 0, place.start()) + 1 if place else None)


def _did_you_mean(key: str) -> str:
    import difflib

    near = difflib.get_close_matches(key, _READERS, n=1)
    return f", did you mean `{near[0]}`?" if near else ", expected one of " + ", ".join(f"`{k}`" for k in _READERS)


def _kind(value: Any) -> str:
    """What TOML calls a value."""
    kinds = {bool: "a boolean", str: "a string", int: "an integer", float: "a float", list: "a list", dict: "a table"}
    return kinds.get(type(value), "a date or time")
