"""Bytes to a `Source`: decoded text, lines, syntax tree, and the one place that converts columns."""

from __future__ import annotations

import ast
import io
import os
import re
import sys
import threading
import tokenize
import warnings
from typing import NamedTuple

from einlint.findings import Position, Span
from einlint.lazily import cached, dataclass, regex

PARSING = threading.RLock()
"""Held where threads parse: before Python 3.12, trees that are built at the same time fail (python/cpython#106905)."""

_NEWLINE = regex(r"\r\n|\r|\n")
_COOKIE = regex(rb"(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding[:=]")
_MAYBE_NEWER = regex(r"\b[frt]{1,2}[\"']|\btype\s+\w|\b(?:def|class)\s+\w+\s*\[|\bexcept\b", re.IGNORECASE)
_PARSE = "import sys; sys.path.append(sys.argv[1]); import libcst; libcst.parse_module(sys.stdin.buffer.read())"
_PARSE_SECONDS = 10


class Unreadable(NamedTuple):
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
        row = min(row, len(self.lines))
        line = self.lines[row - 1]
        if line.isascii():
            return Position(row, min(byte, len(line)) + 1)
        return Position(row, len(line.encode("utf-8", "surrogatepass")[:byte].decode("utf-8", "ignore")) + 1)

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> Span:
        """The span of a node."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return Span(self.position(node.lineno, node.col_offset), self.position(node.end_lineno, node.end_col_offset))

    @cached
    def statements(self) -> dict[int, ast.stmt]:
        """The innermost statement of every row."""
        return {
            row: node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.stmt)
            for row in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        }


def split_lines(text: str) -> list[str]:
    """Lines as `ast` counts them: form feeds and Unicode separators do not end one."""
    return _NEWLINE.split(text) if "\r" in text else text.split("\n")


def decode(data: bytes) -> str:
    """The text of a Python file by its BOM or PEP 263 cookie.

    Raises SyntaxError or LookupError for an unknown encoding and UnicodeError for bytes that are not in it.
    """
    encoding = encoding_of(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return data.decode(encoding)


def encoding_of(data: bytes) -> str:
    """The encoding of a Python file, which keeps a BOM. Raises SyntaxError or LookupError for an unknown one."""
    if not data.startswith(b"\xef\xbb\xbf") and not _COOKIE.match(data):
        return "utf-8"
    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


def line_ends(text: str) -> list[int]:
    """Where every row after the first begins."""
    return [match.end() for match in _NEWLINE.finditer(text)]


def read(data: bytes, path: str) -> Source | Unreadable:
    """Decode and parse a Python file. Never raises for any content."""
    try:
        text = decode(data)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return Unreadable("unreadable-file", _row(row), f"byte {error.start} cannot be decoded as {error.encoding}")
    except (SyntaxError, LookupError, UnicodeError) as error:
        return Unreadable("unreadable-file", _row(1), f"the file cannot be decoded: {error}")
    return parse(text, path)


def parse(text: str, path: str, *, cells: bool = False) -> Source | Unreadable:
    """Parse Python source text, whatever it is; `cells` allows the `await` outside functions of notebooks."""
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
    lines = split_lines(text)
    row = min(max(error.lineno or 1, 1), len(lines))
    start = Position(row, min(max(error.offset or 1, 1), len(lines[row - 1]) + 1))
    if _MAYBE_NEWER.search(lines[row - 1]) and _libcst_parses(text):
        version = ".".join(map(str, sys.version_info[:2]))
        message = f"skipped: its syntax is newer than Python {version}"
        return Unreadable("syntax-error", Span(start, start), message, newer=True)
    return Unreadable("syntax-error", Span(start, start), f"the file cannot be parsed: {error.msg}")


def _libcst_parses(text: str) -> bool:
    """Whether LibCST's own parser takes what the running Python's does not.

    It has no guard against deep nesting, where it crashes or takes minutes, so it runs in a process of its own.
    """
    import subprocess
    from importlib.util import find_spec

    spec = find_spec("libcst")
    if spec is None or spec.origin is None:
        return False
    command = [sys.executable, "-I", "-c", _PARSE, os.path.dirname(os.path.dirname(spec.origin))]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=_PARSE_SECONDS, check=False)
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _row(row: int) -> Span:
    return Span(Position(row, 1), Position(row, 1))
