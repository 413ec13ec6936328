"""Comments inside a call that its new code has no place for: they are kept in rows before it."""

from __future__ import annotations

import libcst as cst

from einlint.findings import Edit, Span
from einlint.rewrites.locate import comments_in
from einlint.rewrites.rewrite import Refusal
from einlint.rewrites.surroundings import Site


def lost_comments(site: Site, kept: str) -> list[str]:
    """The comments of the call that are not in the code that is kept."""
    return [comment for comment in comments_in(without_parentheses(site.node)) if comment not in kept]


def comment_rows(site: Site, comments: list[str]) -> Edit:
    """The comments on rows of their own: before the call where it begins its row, else before its statement.

    Raises Refusal where another statement stands before that.
    """
    start = site.call.whole.start
    indentation = site.file.source.lines[start.row - 1][: start.column - 1]
    statement = site.file.statement(site.call.node)
    if start.row == statement.lineno or indentation.strip() or _continues(site, start.row):
        start = site.file.source.span(statement).start
        indentation = site.file.indentation(statement) or ""
        if site.file.indentation(statement) is None:
            raise Refusal("a comment inside the call would be lost")
    rows = "".join(f"{comment}{site.file.newline}{indentation}" for comment in comments)
    return Edit(Span(start, start), rows)


def _continues(site: Site, row: int) -> bool:
    """Whether a backslash joins a row to the one before: no comment may stand between."""
    return site.file.source.lines[row - 2].rstrip("\r\n").endswith("\\")


def without_parentheses(node: cst.Call) -> cst.Call:
    """The call as its span has it: LibCST takes the parentheses around a node for a part of it."""
    return node.with_changes(lpar=[], rpar=[])
