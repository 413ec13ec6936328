"""Bytes to a `Source`: decoded text, lines, syntax tree, and the one place that converts columns."""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import warnings
from dataclasses import dataclass
from functools import cached_property

from einlint.findings import Position, Span

_NEWLINE = re.compile(r"\r\n|\r|\n")
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file has no `Source`: the rule that reports it, where, and the sentence.

    `newer` marks syntax that only a newer Python can parse: the file is skipped, not wrong.
    """

    rule: str
    span: Span
    message: str
    newer: bool = False


@dataclass(frozen=True)
class Source:
    """One parsed file. Spans made here are 1-based and count characters."""

    path: str
    lines: list[str]
    tree: ast.Module

    def position(self, row: int, byte: int) -> Position:
        """The position of `ast`'s row and UTF-8 byte offset."""
        line = self.lines[row - 1] if row <= len(self.lines) else ""
        if line.isascii():
            return Position(row, byte + 1)
        return Position(row, len(line.encode("utf-8", "surrogatepass")[:byte].decode("utf-8", "ignore")) + 1)

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> Span:
        """The span of a node."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return Span(self.position(node.lineno, node.col_offset), self.position(node.end_lineno, node.end_col_offset))

    @cached_property
    def statements(self) -> list[ast.stmt]:
        """Every statement, outer ones first."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.stmt)]


def split_lines(text: str) -> list[str]:
    """Lines as `ast` counts them: form feeds and Unicode separators do not end one."""
    return _NEWLINE.split(text)


def decode(data: bytes) -> str:
    """The text of a Python file by its BOM or PEP 263 cookie.

    Raises SyntaxError for an unknown encoding and UnicodeDecodeError for bytes that are not in it.
    """
    head = data[:400]
    if not head.startswith(b"\xef\xbb\xbf") and not _COOKIE.search(head):
        return data.decode("utf-8")
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.decode(encoding)


def read(data: bytes, path: str) -> Source | Unreadable:
    """Decode and parse a Python file. Never raises for any content."""
    try:
        text = decode(data)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return Unreadable("unreadable-file", _row(row), f"byte {error.start} cannot be decoded as {error.encoding}")
    except (SyntaxError, LookupError) as error:
        return Unreadable("unreadable-file", _row(1), f"the file cannot be decoded: {error}")
    return parse(text, path)


def parse(text: str, path: str, *, cells: bool = False) -> Source | Unreadable:
    """Parse Python source text; `cells` allows the `await` outside functions of notebooks. Never raises for any content."""
    flags = ast.PyCF_ONLY_AST | (ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if cells else 0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = compile(text, "<source>", "exec", flags, dont_inherit=True)
    except SyntaxError as error:
        return _syntax_error(error, text)
    except (ValueError, RecursionError, MemoryError) as error:
        reason = str(error) or "it is nested too deeply"
        return Unreadable("syntax-error", _row(1), f"the file cannot be parsed: {reason}")
    assert isinstance(tree, ast.Module)
    return Source(path, split_lines(text), tree)


def _syntax_error(error: SyntaxError, text: str) -> Unreadable:
    row, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
    if _newer_syntax(text):
        version = ".".join(map(str, sys.version_info[:2]))
        return Unreadable("syntax-error", _row(row), f"skipped: its syntax is newer than Python {version}", newer=True)
    start = Position(row, column)
    return Unreadable("syntax-error", Span(start, start), f"the file cannot be parsed: {error.msg}")


def _newer_syntax(text: str) -> bool:
    """Whether LibCST's own parser takes what the running Python's does not.

    Its native parser has no guard against deep nesting, so only plausible text is given to it.
    """
    if len(text) > 2_000_000 or _depth(text) > 100 or re.search(r"(?:[-+~(\[{]|not )\s*(?:(?:[-+~(\[{]|not )\s*){50}", text):
        return False
    try:
        import libcst
    except ImportError:
        return False
    try:
        libcst.parse_module(text)
    except Exception:
        return False
    return True


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in re.findall(r"[()\[\]{}]", text):
        depth = depth + 1 if bracket in "([{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _row(row: int) -> Span:
    return Span(Position(row, 1), Position(row, 1))
