"""An import without the names that nothing reads."""

from __future__ import annotations

from collections.abc import Collection

import libcst as cst

from einlint.findings import Edit, Position, Safety, Span
from einlint.rewrites.rewrite import Refusal, Rewrite, builds_at
from einlint.rewrites.surroundings import Surroundings
from einlint.unused import unused_imports


@builds_at("unused-import")
def without_unused(file: Surroundings, span: Span) -> Rewrite:
    """The import at a span without what is unused, or nothing where all of it is."""
    unused = next((each for each in unused_imports(file.finder) if each.span == span), None)
    if unused is None:
        raise Refusal("its names are read")
    names = ", ".join(f"`{name}`" for name in unused.names)
    statement = cst.ensure_type(cst.parse_module(file.between(span)).body[0], cst.SimpleStatementLine).body[0]
    kept = _kept(statement, unused.names)
    if kept:
        assert isinstance(statement, (cst.Import, cst.ImportFrom))
        text = cst.Module([]).code_for_node(statement.with_changes(names=kept)).replace("\n", file.newline)
        return Rewrite(f"Remove {names}", (Edit(span, text),), Safety.SAFE, None)
    return Rewrite("Remove the import", (Edit(_whole_rows(file, span), ""),), Safety.SAFE, None)


def _kept(statement: cst.BaseSmallStatement, unused: Collection[str]) -> list[cst.ImportAlias]:
    """The aliases that stay; the last has no comma unless the last had one."""
    if not isinstance(statement, (cst.Import, cst.ImportFrom)) or isinstance(statement.names, cst.ImportStar):
        raise Refusal("it is no plain import")
    aliases = list(statement.names)
    kept = [alias for alias in aliases if _bound(alias) not in unused]
    return [*kept[:-1], kept[-1].with_changes(comma=aliases[-1].comma)] if kept else []


def _bound(alias: cst.ImportAlias) -> str:
    return (alias.evaluated_alias or alias.evaluated_name).partition(".")[0]


def _whole_rows(file: Surroundings, span: Span) -> Span:
    """The rows of a statement that stands alone on them. Raises Refusal where it does not."""
    (first, column), (last, end) = span
    lines = file.source.lines
    after = lines[last - 1][end - 1 :].strip()
    if lines[first - 1][: column - 1].strip() or after.startswith(";"):
        raise Refusal("two statements share a row")
    if after or last >= len(lines):
        return span
    return Span(Position(first, 1), Position(last + 1, 1))
