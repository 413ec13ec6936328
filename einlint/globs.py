"""Globs as `.gitignore` writes them, relative to one folder."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from einlint.lazily import regex

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MOST = 10_000
"""Globs that one glob with braces may stand for."""

Search = Callable[[str], "re.Match[str] | None"]

_ESCAPED = regex(r"[*?[\]\\ ]")
_ANY_FOLDER = regex(r"(^!?(?=\*/)|^!?(?=\*\*/)|/(?=\*\*/))\*{1,2}/\s*$")
_BRACES = regex(r"\{([^{}]*,[^{}]*)\}")


class Globs:
    """Globs of the configuration: what fits a folder fits all that lies in it.

    pathspec is imported when the first path is compared.
    """

    def __init__(self, root: str, lines: Iterable[str] = ()) -> None:
        self._lines, self._prefix = tuple(lines), os.path.join(root, "")

    def __bool__(self) -> bool:
        return bool(self._lines)

    def take(self, path: str, *, folder: bool = False) -> bool:
        """Whether the last line that fits `path` is no exception (`!`)."""
        if not self._lines:
            return False
        inside = _with_slashes(path.removeprefix(self._prefix))
        return self._spec.match_file(inside + "/" * folder)

    @cached_property
    def _spec(self) -> GitIgnoreSpec:
        return _spec(self._lines)


class IgnoreFiles:
    """The ignore files in force somewhere in a repository. They are asked about a folder before what lies in it."""

    def __init__(self, root: str, lines: Iterable[str] = (), weaker: IgnoreFiles | None = None) -> None:
        self._root, self._prefix = root, os.path.join(root, "")
        self._lines, self._weaker = tuple(lines), weaker

    def below(self, folder: str, lines: Sequence[str]) -> IgnoreFiles:
        """These, and one in a folder further down, which wins."""
        if not lines:
            return self
        inside = "" if folder == self._root else "/" + _with_slashes(folder.removeprefix(self._prefix))
        inside = _ESCAPED.sub(r"\\\g<0>", inside)
        return IgnoreFiles(self._root, (_anchored(line, inside) for line in lines), self)

    def take(self, path: str, *, folder: bool) -> bool:
        """Whether the last line that fits is no exception. pathspec would let an exception for a folder win for all
        that lies in it; to git it only says that the folder is looked into.
        """
        inside = _with_slashes(path.removeprefix(self._prefix))
        return next((take for take, search in self._searches if _fits(search, inside, folder)), False)

    @cached_property
    def _searches(self) -> list[tuple[bool, Search]]:
        own = _spec(map(_plainly, self._lines)).patterns if self._lines else ()
        searches = [(p.include, p.regex.search) for p in own if p.include is not None and p.regex is not None]
        return searches[::-1] + (self._weaker._searches if self._weaker else [])


def _fits(search: Search, path: str, folder: bool) -> bool:
    """Whether a pattern fits this very path; its one group is the slash behind the folder that it fits."""
    found = search(path + "/" if folder else path)
    if found is None:
        return False
    if found.lastindex:
        return found.end(found.lastindex) > len(path)
    return not folder or search(path) is not None


def _anchored(line: str, folder: str) -> str:
    """What a line in a folder means to the folder above all: one with a slash before its end is relative."""
    negation, glob = ("!", line[1:]) if line.startswith("!") else ("", line)
    if not folder:
        return line
    if "/" in glob.rstrip().rstrip("/"):
        return f"{negation}{folder}/{glob.removeprefix('/')}"
    return f"{negation}{folder}/**/{glob}"


def _plainly(line: str) -> str:
    """Every folder at any depth, in words that pathspec does not shorten to every slash."""
    return _ANY_FOLDER.sub(r"\1**/?*/", line)


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    """What can be read of the lines."""
    lines = tuple(lines)
    try:
        return _parsed(lines)
    except (ValueError, re.error):
        return _parsed(line for line in lines if not problem(line))


def _parsed(lines: Iterable[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of regular expressions that pathspec writes
        return GitIgnoreSpec.from_lines(lines)


def problem(line: str) -> str | None:
    """Why a line is no glob."""
    try:
        _parsed([line])
    except (ValueError, re.error) as error:
        return str(error)
    return None


def expand(glob: str) -> tuple[str, ...]:
    """The globs that `{a,b}` stands for, which `.gitignore` does not know and ruff does. Raises ValueError for more
    than 10,000.
    """
    found = tuple(islice(_expanded(glob), MOST + 1))
    if len(found) > MOST:
        raise ValueError(f"the braces of one glob stand for more than {MOST:,} globs")
    return found


def _expanded(glob: str) -> Iterator[str]:
    braces = _BRACES.search(glob)
    if braces is None:
        yield glob
        return
    for choice in braces[1].split(","):
        yield from _expanded(glob[: braces.start()] + choice + glob[braces.end() :])


def is_plain(glob: str) -> bool:
    """Whether a glob is just the name of files or folders at any depth."""
    return not re.search(r"[][/*?!#\\{}\s]", glob)


def _with_slashes(path: str) -> str:
    return path if os.sep == "/" else path.replace(os.sep, "/")
