"""Names of einops, and einsum, that an import brings and nothing reads."""

from __future__ import annotations

import ast
import os
import re
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from einlint.callables import CALLABLES
from einlint.calls import CallFinder
from einlint.findings import Span
from einlint.lazily import regex
from einlint.names import literal
from einlint.resolution import Dotted

_WATCHERS = frozenset({"eval", "exec", "globals"})
_FROM = regex(rb"^[ \t]*from[ \t]+([.\w]+)[ \t]+import\b[ \t]*(\([^)]*\)|[^\n]*)", re.MULTILINE)
_WORD = regex(rb"\w+|\*")
_MOST_BYTES = 4_000_000
_SECONDS = 20  # that what was read of other files is held to be true


class UnusedImport(NamedTuple):
    """An import statement and the names, as the file knows them, that nothing reads."""

    node: ast.Import | ast.ImportFrom
    names: tuple[str, ...]
    span: Span


def unused_imports(finder: CallFinder) -> Iterator[UnusedImport]:
    """The statements of a module that bring names of einops in vain.

    Not those of `__init__.py` and of stubs, which may be there for others, nor what another file of the package
    imports from this one, nor a file that reads its names as text.
    """
    source = finder.source
    folder, file = os.path.split(source.path)
    if file == "__init__.py" or file.endswith(".pyi"):
        return
    found = [(node, names) for node in source.tree.body if (names := _names(finder, node))]
    read = _read(source.tree) if found else frozenset()
    unread = any(name not in read for _, names in found for name in names)
    taken = _taken(_package(folder), os.path.splitext(file)[0]) if unread else frozenset()
    for node, names in found:
        free = tuple(name for name in names if name not in read and name not in taken and "*" not in taken)
        assert isinstance(node, (ast.Import, ast.ImportFrom))
        if free and not _reads_by_text(finder) and "noqa" not in _text(finder, node):
            yield UnusedImport(node, free, source.span(node))


def _names(finder: CallFinder, node: ast.stmt) -> list[str]:
    """The names of einops that a statement brings."""
    if isinstance(node, ast.Import):
        roots = [alias for alias in node.names if alias.name.partition(".")[0] == "einops"]
        return [(alias.asname or alias.name).partition(".")[0] for alias in roots if alias.asname != alias.name]
    if not isinstance(node, ast.ImportFrom):
        return []
    plain = [alias for alias in node.names if alias.name != "*" and alias.asname != alias.name]
    return [name for alias in plain if _is_of_einops(finder, name := alias.asname or alias.name)]


def _is_of_einops(finder: CallFinder, name: str) -> bool:
    referent = finder.resolve(ast.Name(name, ast.Load()), finder.names.module)
    return isinstance(referent, Dotted) and (referent.name.startswith("einops.") or referent.name in CALLABLES)


def _read(tree: ast.Module) -> frozenset[str]:
    """Every name that code reads, and every word of a text that may name one: of `__all__`, annotations, doctests."""
    found: set[str] = set()
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
            continue
        text = literal(node) if isinstance(node, ast.expr) else None
        if text and (id(node) not in documented or ">>>" in text):
            found.update(re.findall(r"\w+", text))
    return frozenset(found)


def _reads_by_text(finder: CallFinder) -> bool:
    """Whether names of the module may be read as text."""
    return any(
        isinstance(node.func, ast.Name)
        and (node.func.id in _WATCHERS or node.func.id in ("locals", "vars") and scope.parent is None)
        for node, scope in finder.names.calls
    )


def _text(finder: CallFinder, node: ast.stmt) -> str:
    return "\n".join(finder.source.lines[node.lineno - 1 : node.end_lineno])


def _package(folder: str) -> str:
    """The outermost folder of the package that a folder is in, or the folder itself."""
    while os.path.isfile(os.path.join(os.path.dirname(folder), "__init__.py")):
        folder = os.path.dirname(folder)
    return folder


def _taken(root: str, module: str) -> frozenset[str]:
    """What other files below a folder import from a module of this name."""
    return _imported(root, int(time.monotonic() / _SECONDS)).get(module.encode(), frozenset())


@lru_cache(8)
def _imported(root: str, moment: int) -> dict[bytes, frozenset[str]]:
    """The names that the files below a folder import, by the last part of the module that they are of."""
    found: dict[bytes, set[str]] = {}
    for path in _files(root):
        try:
            with open(path, "rb") as file:
                data = file.read(_MOST_BYTES)
        except OSError:
            continue
        for module, names in _FROM.findall(data):
            words = {word.decode() for word in _WORD.findall(names)}
            found.setdefault(module.rpartition(b".")[2], set()).update(words)
    return {module: frozenset(names) for module, names in found.items()}


def _files(root: str) -> Iterator[str]:
    has_package = os.path.isfile(os.path.join(root, "__init__.py"))
    for folder, folders, files in os.walk(root):
        if not has_package:
            folders.clear()
        yield from (os.path.join(folder, file) for file in files if file.endswith(".py"))
