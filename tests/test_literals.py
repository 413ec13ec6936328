"""Every character of a string literal has its place in the file."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einlint.findings import Position, Span
from einlint.literals import spans_of
from einlint.source import Source, parse, split_lines


def written(lines: list[str], span: Span) -> str:
    """What stands in the file at a span."""
    (row, column), (last, end) = span
    if row == last:
        return lines[row - 1][column - 1 : end - 1]
    return "\n".join((lines[row - 1][column - 1 :], *lines[row : last - 1], lines[last - 1][: end - 1]))


def characters(text: str, value: str | None = None) -> list[tuple[str, str]] | None:
    """The characters of the one string of a file, or the one with this value, each with what stands there for it."""
    source = parse(text, "module.py")
    assert isinstance(source, Source)
    strings = [n for n in ast.walk(source.tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    literal = next(n for n in strings if value in (None, n.value))
    assert isinstance(literal.value, str)
    spans = spans_of(source.lines, source.span(literal), literal.value)
    return (
        None
        if spans is None
        else [(char, written(source.lines, span)) for char, span in zip(literal.value, spans, strict=True)]
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("'a b'", id="single quotes"),
        pytest.param('"a b"', id="double quotes"),
        pytest.param("'''a b'''", id="triple quotes"),
        pytest.param('"""a b"""', id="triple double quotes"),
        pytest.param("'''a' b'''", id="a quote in triple quotes"),
        pytest.param('"""a"" b"""', id="two quotes in triple quotes"),
        pytest.param("u'a b'", id="a unicode prefix"),
        pytest.param("r'a b'", id="a raw prefix"),
        pytest.param("R'''a b'''", id="an upper-case prefix"),
        pytest.param(r"r'a\b'", id="a raw backslash"),
        pytest.param(r"r'a\' b'", id="a raw quote"),
        pytest.param(r"r'a\\ b'", id="two raw backslashes"),
        pytest.param(r"'a\ b'", id="a backslash that escapes nothing"),
        pytest.param("'a\tb\fc'", id="tabs and form feeds inside"),
        pytest.param("x = 'a b'", id="an assignment"),
        pytest.param("if x:\n\t\ty = 'a b'", id="tabs before"),
        pytest.param("é, ü, x = 'a b'", id="letters of two bytes before"),
        pytest.param("数 = '中 文'", id="letters of three bytes"),
        pytest.param("x(𝔘) or '𝔸 b'", id="letters of four bytes"),
        pytest.param("\fx = 'a b'", id="a form feed before"),
        pytest.param("'a' 'b c'", id="concatenation"),
        pytest.param("'a'\"b\"'''c'''r'd'", id="concatenation of all quotes without blanks"),
        pytest.param("('a'\n  'b c'\n)", id="concatenation over lines"),
        pytest.param("('a'  # 'no'\n\n  # \"no\"\n  'b')", id="concatenation over comments and empty lines"),
        pytest.param("'a' \\\n  'b'", id="concatenation over a continued line"),
        pytest.param("('a'\r\n  'b'\r\n)", id="Windows lines"),
        pytest.param("('a'\r  'b'\r)", id="old Macintosh lines"),
        pytest.param("('a'\f'b')", id="a form feed between"),
        pytest.param("('a' '' 'b')", id="an empty part"),
        pytest.param("f(x)['a b']", id="inside other code"),
    ],
)
def test_a_character_stands_for_itself(text: str) -> None:
    found = characters(text)
    assert found
    assert [char for char, _ in found] == [place for _, place in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(r"'\x61b'", [("a", r"\x61"), ("b", "b")], id="hexadecimal"),
        pytest.param(r"'\u0061b'", [("a", r"\u0061"), ("b", "b")], id="four digits"),
        pytest.param(r"'\U00000061b'", [("a", r"\U00000061"), ("b", "b")], id="eight digits"),
        pytest.param(r"'\N{LATIN SMALL LETTER A}b'", [("a", r"\N{LATIN SMALL LETTER A}"), ("b", "b")], id="by name"),
        pytest.param(r"'\N{LF}b'", [("\n", r"\N{LF}"), ("b", "b")], id="by an alias"),
        pytest.param(r"'\141b'", [("a", r"\141"), ("b", "b")], id="octal"),
        pytest.param(r"'\0a'", [("\0", r"\0"), ("a", "a")], id="one octal digit"),
        pytest.param(r"'\0611'", [("1", r"\061"), ("1", "1")], id="three octal digits and one more"),
        pytest.param(r"'\n\t\\\''", [("\n", r"\n"), ("\t", r"\t"), ("\\", r"\\"), ("'", r"\'")], id="one letter"),
        pytest.param("'a\\\nb'", [("a", "a"), ("b", "b")], id="a continued line"),
        pytest.param("'a\\\r\nb'", [("a", "a"), ("b", "b")], id="a continued Windows line"),
        pytest.param("'''a\nb'''", [("a", "a"), ("\n", "\n"), ("b", "b")], id="a line break"),
        pytest.param("'''a\r\nb'''", [("a", "a"), ("\n", "\n"), ("b", "b")], id="a Windows line break"),
        pytest.param(
            "'''a\\\\\nb'''", [("a", "a"), ("\\", r"\\"), ("\n", "\n"), ("b", "b")], id="an escaped backslash"
        ),
        pytest.param("r'''a\\\nb'''", [("a", "a"), ("\\", "\\"), ("\n", "\n"), ("b", "b")], id="a raw line break"),
        pytest.param(r"r'\x' '\x61'", [("\\", "\\"), ("x", "x"), ("a", r"\x61")], id="raw, then escaped"),
    ],
)
def test_an_escape_stands_for_its_character(text: str, expected: list[tuple[str, str]]) -> None:
    assert characters(text) == expected


@pytest.mark.parametrize("text", [pytest.param("''", id="empty"), pytest.param("'' \"\"", id="two empty ones")])
def test_nothing_has_no_place(text: str) -> None:
    assert characters(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("'ab'", "abc", id="another text"),
        pytest.param("b'ab'", "ab", id="bytes"),
        pytest.param("f'ab'", "ab", id="an f-string"),
        pytest.param("ab", "ab", id="no string"),
        pytest.param("'ab", "ab", id="a string without end"),
        pytest.param("'''ab\n", "ab\n", id="a triple-quoted string without end"),
    ],
)
def test_what_is_not_the_literal_has_no_places(text: str, value: str) -> None:
    lines = split_lines(text)
    whole = Span(Position(1, 1), Position(len(lines), len(lines[-1]) + 1))
    assert spans_of(lines, whole, value) is None


def quoted(text: str, quote: str, raw: bool, escape: str) -> str:
    """A literal of `text` in one of the ways to write it."""
    if raw:
        return f"r{quote}{text}{quote}"
    forms = {"x": lambda c: f"\\x{ord(c):02x}", "u": lambda c: f"\\u{ord(c):04x}", "o": lambda c: f"\\{ord(c):03o}"}
    return (
        quote
        + "".join(forms[escape](c) if escape in forms and ord(c) % 3 == 0 and ord(c) < 256 else c for c in text)
        + quote
    )


PARTS = st.builds(
    quoted,
    st.text(st.sampled_from("abc ()->1é中𝔸…"), max_size=12),
    st.sampled_from(["'", '"', "'''", '"""']),
    st.booleans(),
    st.sampled_from(["", "x", "u", "o"]),
)
GAPS = st.sampled_from([" ", "", "\n", "\r\n", "  # it's\n\t", " \\\n ", "\f"])


SURROUNDINGS = st.sampled_from(["({})", "é = ({})", "f(𝔘, ({}))", "a\t=\t({})", "if x:\n\t\tf ('a' + ({}))"])


@given(st.lists(st.tuples(PARTS, GAPS), min_size=1, max_size=5), SURROUNDINGS)
def test_generated_literals(parts: list[tuple[str, str]], surrounding: str) -> None:
    literal = " ".join(part + gap for part, gap in parts)
    found = characters(surrounding.format(literal), ast.literal_eval(f"({literal})"))
    assert found is not None
    assert all(ast.literal_eval(f"'{place}'") == char for char, place in found)
