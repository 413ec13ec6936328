"""Carets stand under what is meant."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einlint.findings import Position, Span
from einlint.reports.excerpts import Lines, excerpt
from einlint.reports.places import printable
from einlint.reports.styles import plain


def shown(text: str, row: int, column: int, end_column: int, end_row: int | None = None) -> list[str]:
    span = Span(Position(row, column), Position(end_row or row, end_column))
    return "".join(excerpt(text.split("\n"), span, plain)).splitlines()


@pytest.mark.parametrize(
    ("line", "column", "end_column", "expected"),
    [
        pytest.param("ab cd", 4, 6, ["ab cd", "   ^^"], id="plain"),
        pytest.param("ab", 2, 2, ["ab", " ^"], id="empty span"),
        pytest.param("ab", 3, 3, ["ab", "  ^"], id="behind the end"),
        pytest.param("\tab\tc", 2, 4, ["    ab    c", "    ^^"], id="tab before"),
        pytest.param("a\tb", 1, 4, ["a    b", "^^^^^^"], id="tab within"),
        pytest.param("日本 x", 4, 5, ["日本 x", "     ^"], id="wide before"),
        pytest.param("x 日本", 3, 5, ["x 日本", "  ^^^^"], id="wide within"),
        pytest.param("e\u0301 x", 4, 5, ["e\u0301 x", "  ^"], id="combining"),
        pytest.param("\x1b[1m x", 6, 7, ["\ufffd[1m x", "     ^"], id="control character"),
    ],
)
def test_carets(line: str, column: int, end_column: int, expected: list[str]) -> None:
    text, carets = expected
    assert shown(line, 1, column, end_column) == ["  |", f"1 | {text}", f"  | {carets}", "  |"]


def test_several_lines_are_marked_to_the_end_of_the_first() -> None:
    assert shown("f(\n  a,  \n  b)", 2, 3, 5, end_row=3) == [
        "  |",
        "1 | f(",
        "2 |   a,",
        "  |   ^^",
        "3 |   b)",
        "  |",
    ]


def test_two_lines_before_and_after_with_aligned_numbers() -> None:
    lines = [f"l{number}" for number in range(1, 20)]
    assert shown("\n".join(lines), 9, 1, 2) == [
        "   |",
        " 7 | l7",
        " 8 | l8",
        " 9 | l9",
        "   | ^",
        "10 | l10",
        "11 | l11",
        "   |",
    ]


def test_a_long_line_is_cut_around_the_span() -> None:
    line = "x" * 10_000 + "HERE" + "y" * 10_000
    _, text, carets, _ = shown(line, 1, 10_001, 10_005)
    assert len(text) < 250
    assert text.index("HERE") == carets.index("^^^^")


def test_rows_that_are_not_there() -> None:
    assert shown("a", 3, 1, 2) == []
    assert shown("", 1, 1, 1) == []


NOTEBOOK = {"cells": [{"source": "x"}, {"source": ["a\n", "b"]}, {}, 3, {"source": [3]}]}


@pytest.mark.parametrize(
    ("data", "cell", "lines"),
    [
        (b"a\r\nb\rc\x0cd\n", None, ["a", "b", "c\x0cd", ""]),
        ("\ufeffä".encode(), None, ["ä"]),
        ("# coding: latin-1\nä".encode("latin-1"), None, ["# coding: latin-1", "ä"]),
        (b"# coding: nonsense", None, ()),
        (b"\xff", None, ()),
        (json.dumps(NOTEBOOK).encode(), 1, ["x"]),
        (json.dumps(NOTEBOOK).encode(), 2, ["a", "b"]),
        (json.dumps(NOTEBOOK).encode(), 3, ()),
        (json.dumps(NOTEBOOK).encode(), 4, ()),
        (json.dumps(NOTEBOOK).encode(), 5, ()),
        (json.dumps(NOTEBOOK).encode(), 9, ()),
        (b"[", 1, ()),
        (b"[]", 1, ()),
    ],
)
def test_lines(data: bytes, cell: int | None, lines: list[str]) -> None:
    assert Lines(data).of_cell(cell) == lines


@given(st.text(), st.integers(1, 9), st.integers(1, 99), st.integers(1, 9), st.integers(1, 99))
def test_any_span_of_any_text_is_shown_on_whole_lines(
    text: str, row: int, column: int, rows: int, columns: int
) -> None:
    span = Span(Position(row, column), Position(row + rows - 1, columns))
    pieces = list(excerpt(Lines(text.encode("utf-8", "replace")).of_cell(None), span, plain))
    assert all(piece.endswith("\n") and piece.count("\n") == 1 for piece in pieces)
    assert "\x1b" not in "".join(pieces)


@given(st.text())
def test_printable_is_one_line(text: str) -> None:
    assert len(printable(text).splitlines()) <= 1
    assert printable(printable(text)) == printable(text)
