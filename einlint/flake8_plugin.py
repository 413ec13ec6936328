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
    from einlint.checking import Checked
    from einlint.selection import Selection

Reported = tuple[int, int, str, type["Plugin"]]


class Plugin:
    """What flake8 makes for each file."""

    name = "einlint"
    version = __version__

    def __init__(self, tree: ast.AST, lines: list[str], filename: str) -> None:
        self.tree, self.lines, self.path = tree, lines, os.path.abspath(filename)

    def run(self) -> Iterator[Reported]:
        config = _config(os.path.dirname(self.path))
        aliases = config.aliases if isinstance(config, Config) else ()
        data = "".join(self.lines).encode("utf-8", "surrogatepass")
        if not Marks(aliases).are_in(data):
            return
        try:
            checked = self._check(config)
        except ConfigError as error:
            from einlint.failures import BAD_CONFIGURATION

            yield 1, 0, f"{BAD_CONFIGURATION.code} {error}", Plugin
            return
        for finding in checked.findings:
            row, column = finding.span.start
            yield row, column - 1, f"{finding.code} {finding.message}", Plugin

    def _check(self, config: Config | ConfigError) -> Checked:
        """Most files mention no call, so what checks them is imported here. Raises ConfigError."""
        from dataclasses import replace

        from einlint.checking import check_tree

        if isinstance(config, ConfigError):
            raise config
        settings = _selection().settings_of(self.path, config)
        was_on = gc.isenabled()
        gc.disable()  # flake8 holds large trees: collecting while another file is read finds nothing
        try:
            return check_tree(self.tree, self.lines, self.path, replace(settings, noqa=False))
        finally:
            if was_on:
                gc.enable()


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
