"""By which name a module is reached where a call stands, and the import that brings it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from einlint.findings import Edit, Position, Span
from einlint.resolution import Dotted
from einlint.rewrites.rewrite import Refusal
from einlint.rewrites.surroundings import Site

MODULES = {"torch": "torch", "F": "torch.nn.functional", "np": "numpy", "math": "math", "nn": "torch.nn"}
"""What lowered code calls a module by, and which it is."""

_IMPORTS = {
    "torch": "import torch", "F": "import torch.nn.functional as F", "np": "import numpy as np", "math": "import math",
    "nn": "from torch import nn",
}  # fmt: skip
_IMPORT = (ast.Import, ast.ImportFrom)


class Reached(NamedTuple):
    """How code reaches a module, and the edit that makes it so; None where it already does."""

    code: str
    edit: Edit | None = None


def reach(site: Site, short: str, row: int = 0) -> Reached:
    """The name of a module at a call, or at the top of the module before a row.

    Raises Refusal where its usual name means something else.
    """
    imported = _imported(site) if not row else _of_bodies([(site.file.source.tree.body, True)], row)
    for module, rest in _paths(MODULES[short]):
        name = _known(site, module, imported, bool(row))
        if name is not None:
            return Reached(name + rest)
    if short in site.file.taken:
        raise Refusal(f"`{short}` is needed and is something else in this file, or not always imported")
    return Reached(short, _added(site, short))


def _paths(module: str) -> Iterator[tuple[str, str]]:
    """The module, and the packages that it is an attribute of with the path from there."""
    yield module, ""
    if module.startswith("torch."):
        parts = module.split(".")
        for k in range(len(parts) - 1, 0, -1):
            yield ".".join(parts[:k]), "." + ".".join(parts[k:])


def _known(site: Site, module: str, imported: Iterable[str], at_top: bool) -> str | None:
    """A name that always means the module where the call stands, or at the top."""
    scope = site.call.scope.module if at_top else site.call.scope
    for name in sorted(imported):
        referent = site.file.finder.resolve(ast.Name(name, ast.Load()), scope)
        if referent == Dotted(module):
            return name
    return None


def _imported(site: Site) -> set[str]:
    """The names that imports bind before the call, whatever the branches taken."""
    function = site.file.function(site.call.node)
    bodies = [(site.file.source.tree.body, function is None)]
    while function is not None:
        if not isinstance(function, ast.Lambda):
            bodies.append((function.body, True))
        function = site.file.function(function)
    return _of_bodies(bodies, site.call.node.lineno)


def _of_bodies(bodies: Iterable[tuple[list[ast.stmt], bool]], row: int) -> set[str]:
    """The names that imports bind in blocks, in some of them only before a row."""
    found: set[str] = set()
    for body, in_order in bodies:
        for statement in body:
            if isinstance(statement, _IMPORT) and (not in_order or statement.lineno < row):
                found.update((alias.asname or alias.name).partition(".")[0] for alias in statement.names)
    return found


def _added(site: Site, short: str) -> Edit:
    """The import, beside those of its package or before the others."""
    row = import_row(site, MODULES[short].partition(".")[0])
    start = Position(row, 1)
    return Edit(Span(start, start), _IMPORTS[short] + site.file.newline, shared=True)


def import_row(site: Site, package: str) -> int:
    """The row before which an import of a package belongs."""
    body = [s for s in site.file.source.tree.body if s.lineno in site.rows]
    imports = [s for s in body if isinstance(s, _IMPORT) and not _is_future(s)]
    own = [s for s in imports if any(name.partition(".")[0] == package for name in _modules(s))]
    rest = [s for s in body if not (_is_docstring(s) or isinstance(s, _IMPORT) and _is_future(s))]
    chosen = (own or imports or rest)[0]
    if any(isinstance(s, _IMPORT) is False and s.lineno < chosen.lineno for s in rest):
        chosen = rest[0]
    decorators: list[ast.expr] = getattr(chosen, "decorator_list", [])
    return min([chosen.lineno, *(each.lineno for each in decorators)])


def row_after_imports(site: Site) -> int:
    """The row after the imports at the top, where a class may be defined."""
    row = site.rows.start
    for statement in site.file.source.tree.body:
        if statement.lineno not in site.rows or _is_docstring(statement) and row > site.rows.start:
            continue
        if isinstance(statement, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) or statement is _holding(site):
            break
        if isinstance(statement, _IMPORT) or _is_docstring(statement):
            row = (statement.end_lineno or statement.lineno) + 1
    return row


def _holding(site: Site) -> ast.AST:
    """The statement of the module that holds the call."""
    *_, top, _ = [site.call.node, *site.file.ancestors(site.call.node)]
    return top


def _modules(statement: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    return [statement.module or ""] if not statement.level else []


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
