"""Globs as `.gitignore` writes them, relative to one folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")


class Globs:
    """Lines of a `.gitignore` or of the configuration. pathspec is imported when the first path is compared."""

    def __init__(self, root: str, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        self._prefix = root.rstrip(os.sep) + os.sep

    def decide(self, path: str, *, folder: bool = False) -> bool | None:
        """True where the last line that fits `path` takes it, False where that line is a `!`, None where none fits."""
        if not self.lines:
            return None
        inside = path.removeprefix(self._prefix)
        return self._spec.check_file(_with_slashes(inside) + "/" * folder).include

    @cached_property
    def _spec(self) -> GitIgnoreSpec:
        from pathspec import GitIgnoreSpec

        try:
            return GitIgnoreSpec.from_lines(self.lines)
        except (ValueError, re.error):
            return GitIgnoreSpec.from_lines(line for line in self.lines if not problem(line))


def problem(line: str) -> str | None:
    """Why a line is no glob."""
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error) as error:
        return str(error)
    return None


def expand(glob: str) -> Iterator[str]:
    """The globs that `{a,b}` stands for, which `.gitignore` does not know and ruff does."""
    braces = _BRACES.search(glob)
    if braces is None:
        yield glob
        return
    for choice in braces[1].split(","):
        yield from expand(glob[: braces.start()] + choice + glob[braces.end() :])


def is_plain(glob: str) -> bool:
    """Whether a glob is just the name of files or folders at any depth."""
    return not re.search(r"[][/*?!#\\{}\s]", glob)


def _with_slashes(path: str) -> str:
    return path if os.sep == "/" else path.replace(os.sep, "/")
