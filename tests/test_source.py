"""Bytes to a tree: encodings, what cannot be read, and columns in characters."""

from __future__ import annotations

import ast
import sys

import pytest

from einlint.findings import Position, Span
from einlint.source import Source, Unreadable, decode, parse, read, split_lines


def unreadable(data: bytes | str) -> Unreadable:
    found = read(data, "module.py") if isinstance(data, bytes) else parse(data, "module.py")
    assert isinstance(found, Unreadable)
    return found


def source_of(data: bytes | str) -> Source:
    found = read(data, "module.py") if isinstance(data, bytes) else parse(data, "module.py")
    assert isinstance(found, Source)
    return found


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"", "", id="nothing"),
        pytest.param("x = 'é'".encode(), "x = 'é'", id="no cookie"),
        pytest.param(b"\xef\xbb\xbfx", "x", id="a byte order mark"),
        pytest.param(b"\xef\xbb\xbf# coding: utf-8\nx", "# coding: utf-8\nx", id="a mark and a cookie"),
        pytest.param(b"# coding: latin-1\n\xe9", "# coding: latin-1\né", id="a cookie"),
        pytest.param(
            b"#!/bin/x\n# -*- coding: cp1252 -*-\n\x80", "#!/bin/x\n# -*- coding: cp1252 -*-\n€", id="in the second row"
        ),
        pytest.param(
            b"# " + b"x" * 999 + b"\n# coding=latin-1\n\xe9",
            f"# {'x' * 999}\n# coding=latin-1\né",
            id="after a long row",
        ),
        pytest.param(b"\n\n# coding: latin-1\nx", "\n\n# coding: latin-1\nx", id="a cookie in the third row is none"),
        pytest.param(b"x = 1\n# coding: latin-1", "x = 1\n# coding: latin-1", id="a cookie after code is none"),
        pytest.param(b"# coding: unicode_escape\n'\\d'", "# coding: unicode_escape\n'\\d'", id="an odd encoding"),
    ],
)
def test_decode(data: bytes, text: str) -> None:
    assert decode(data) == text


@pytest.mark.parametrize(
    ("data", "row", "message"),
    [
        pytest.param(b"x\n\xff", 2, "byte 2 cannot be decoded as utf-8", id="bytes that are no UTF-8"),
        pytest.param(
            b"# coding: ascii\n\n\xe9", 3, "byte 17 cannot be decoded as ascii", id="bytes outside the cookie's"
        ),
        pytest.param(
            b"# coding: klingon\n", 1, "cannot be decoded: unknown encoding: klingon", id="an unknown encoding"
        ),
        pytest.param(
            b"# coding: hex\n", 1, "cannot be decoded: 'hex' is not a text encoding", id="an encoding of bytes"
        ),
        pytest.param(b"# coding: undefined\n", 1, "undefined encoding", id="an encoding without any"),
        pytest.param(
            b"\xef\xbb\xbf# coding: latin-1\n", 1, "cannot be decoded: encoding problem: utf-8", id="a mark and another"
        ),
    ],
)
def test_what_cannot_be_decoded(data: bytes, row: int, message: str) -> None:
    found = unreadable(data)
    assert (found.rule, found.span.start) == ("unreadable-file", Position(row, 1))
    assert message in found.message


@pytest.mark.parametrize(
    ("text", "start"),
    [
        pytest.param("x = (", Position(1, 5), id="a bracket without end"),
        pytest.param("é = ) ", Position(1, 5), id="after a letter of two bytes"),
        pytest.param("print 'x'\n", Position(1, 1), id="Python 2"),
        pytest.param("if x:\npass\n", Position(2, 1), id="indentation"),
        pytest.param("'''\n\n", Position(1, 1), id="a string without end"),
        pytest.param("x = 1\0", Position(1, 1), id="a null"),
        pytest.param("(" * 9999, Position(1, 1), id="too many brackets"),
        pytest.param("-" * 99999 + "1", Position(1, 1), id="too many signs"),
        pytest.param("x = '\ud800'", Position(1, 1), id="half a character"),
    ],
)
def test_what_cannot_be_parsed(text: str, start: Position) -> None:
    found = unreadable(text)
    assert (found.rule, found.newer) == ("syntax-error", False)
    assert found.message.startswith("the file cannot be parsed: ")
    if start != Position(1, 1):
        assert found.span.start == start


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads it")
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = 1\ntype X = int\n", id="a type alias"),
        pytest.param("def f[T](x: T): pass\n", id="a generic function"),
        pytest.param("class A[T]: pass\n", id="a generic class"),
        pytest.param("f'{x['a']}'\n", id="quotes inside an f-string"),
    ],
)
def test_newer_syntax(text: str) -> None:
    found = unreadable(text)
    assert found.newer
    assert found.message.startswith("skipped: its syntax is newer than Python 3.")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = 1\nif type x:\n", id="a word of newer syntax"),
        pytest.param("f'{x' " + "[" * 9000, id="brackets that would crash LibCST"),
        pytest.param("if a: pass\n" + "elif f(''): pass\n" * 30_000 + "f'{'", id="branches that would crash LibCST"),
    ],
)
def test_what_no_parser_takes_is_an_error(text: str) -> None:
    assert not unreadable(text).newer


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a\n", ["a", ""]),
        ("a\r\nb\rc\nd", ["a", "b", "c", "d"]),
        ("a\n\r\nb", ["a", "", "b"]),
        ("a\fb\vc\x1cd\x85e\u2028f", ["a\fb\vc\x1cd\x85e\u2028f"]),
    ],
)
def test_lines_end_where_python_ends_them(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


@pytest.mark.parametrize(
    ("text", "row", "columns"),
    [
        pytest.param("name", 1, (1, 5), id="a name"),
        pytest.param("x; name", 1, (4, 8), id="after another statement"),
        pytest.param("'é'; name", 1, (6, 10), id="after a letter of two bytes"),
        pytest.param("'中𝔘'; name", 1, (7, 11), id="after letters of three and four bytes"),
        pytest.param("if x:\n\tname", 2, (2, 6), id="after a tab"),
        pytest.param("\f\nname", 2, (1, 5), id="after a form feed"),
        pytest.param("x\r\nname", 2, (1, 5), id="after a Windows line"),
        pytest.param("x\rname", 2, (1, 5), id="after an old Macintosh line"),
        pytest.param("'''\n\n''', name", 3, (6, 10), id="after a string of several lines"),
    ],
)
def test_columns_count_characters(text: str, row: int, columns: tuple[int, int]) -> None:
    source = source_of(text)
    node = next(n for n in ast.walk(source.tree) if isinstance(n, ast.Name) and n.id == "name")
    assert source.span(node) == Span(Position(row, columns[0]), Position(row, columns[1]))


def test_a_position_is_never_outside_the_file() -> None:
    source = source_of("é\nxy")
    assert source.position(1, 99) == Position(1, 2)
    assert source.position(2, 99) == Position(2, 3)
    assert source.position(9, 99) == Position(2, 3)


def test_every_row_has_its_innermost_statement() -> None:
    source = source_of("if x:\n  y = (1,\n    2)\n\nz")
    assert {row: type(node).__name__ for row, node in source.statements.items()} == {
        1: "If",
        2: "Assign",
        3: "Assign",
        5: "Expr",
    }
