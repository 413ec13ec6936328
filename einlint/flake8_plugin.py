"""The flake8 plugin: flake8's tree in, `(row, column, text, type)` out."""

from __future__ import annotations

import ast
import gc
import os
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from einlint import __version__
from einlint.config import Config, ConfigError, Overrides, closest
from einlint.marks import Marks

if TYPE_CHECKING:
    from einlint.selection import Selection
    from einlint.settings import Checked, Settings

Reported = tuple[int, int, str, type["Plugin"]]


class Plugin:
    """What flake8 makes for each file."""

    name = "einlint"
    version = __version__

    def __init__(self, tree: ast.AST, lines: list[str], filename: str) -> None:
        self.tree, self.lines, self.path = tree, lines, os.path.abspath(filename)

    def run(self) -> Iterator[Reported]:
        config = _config(os.path.dirname(self.path))
        marks = Marks(config.aliases, exported=bool(config.targets)) if isinstance(config, Config) else Marks()
        data = "".join(self.lines).encode("utf-8", "surrogatepass")
        if not marks.are_in(data):
            return
        try:
            checked = self._checked(config, data, marks)
        except ConfigError as error:
            from einlint.failures import BAD_CONFIGURATION

            yield 1, 0, f"{BAD_CONFIGURATION.code} {error}", Plugin
            return
        for finding in checked.findings:
            row, column = finding.span.start
            yield row, column - 1, f"{finding.code} {finding.message}", Plugin

    def _checked(self, config: Config | ConfigError, data: bytes, marks: Marks) -> Checked:
        """Most files mention no call, so what follows is imported where it is needed; `marks` are in the file.

        Raises ConfigError.
        """
        from dataclasses import replace

        from einlint.settings import Checked

        if isinstance(config, ConfigError):
            raise config
        settings = replace(_selection().settings_of(self.path, config), noqa=False)
        if settings.marks != marks and not settings.marks.are_in(data):
            return Checked(())
        folder = _cache_folder() if _is_saved(self.path, data) else None
        if folder is None:
            return self._check(settings)
        from einlint.cache import Cache, key_of
        from einlint.project import digest

        known, key = Cache(folder, digest), key_of(self.path, data, settings)
        found = known.get(key)
        if found is None:
            found = self._check(settings)
            known.put(key, found)
            known.store.save()
        known.store.close()  # before flake8 forks
        return found

    def _check(self, settings: Settings) -> Checked:
        from einlint.checking import check_tree

        was_on = gc.isenabled()
        gc.disable()  # flake8 holds large trees: collecting while another file is read finds nothing
        try:
            return check_tree(self.tree, self.lines, self.path, settings)
        finally:
            if was_on:
                gc.enable()


def _is_saved(path: str, data: bytes) -> bool:
    """Whether a file holds what flake8 read: the cache is for files, not for each state of a text in an editor."""
    try:
        with open(path, "rb") as file:
            return file.read().removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n") == data
    except (OSError, ValueError):
        return False


@cache
def _cache_folder() -> str | None:
    """Where einlint in this folder keeps what it found, None where it may not."""
    from einlint.cache import kept_in

    config = _config(os.getcwd())
    return kept_in(config) if isinstance(config, Config) else None


@cache
def _config(folder: str) -> Config | ConfigError:
    try:
        return closest(folder)
    except ConfigError as error:
        return error


@cache
def _selection() -> Selection:
    from einlint.selection import Selection

    return Selection(Overrides())
