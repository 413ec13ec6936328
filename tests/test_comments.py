"""Comments as a tokenizer finds them, without one."""

from __future__ import annotations

import io
import sys
import tokenize
from pathlib import Path

import pytest

from einlint.comments import comments
from einlint.source import split_lines

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("einlint/**/*.py"), *ROOT.glob("tests/*.py"), *ROOT.glob("fixtures/**/*.py")])


def tokenized(text: str) -> list[tuple[int, int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [(t.start[0], t.start[1] + 1, t.string) for t in tokens if t.type == tokenize.COMMENT]


def test_as_the_tokenizer_on_files() -> None:
    for path in FILES:
        lines = split_lines(path.read_text(encoding="utf-8"))
        assert list(comments(lines)) == tokenized("\n".join(lines)), path


@pytest.mark.parametrize(
    "text",
    [
        "x = '#'  # a",
        'x = "\\"#"  # a',
        "x = r'\\'  # ' # a",
        "x = '''\n# no\n'''  # a",
        'x = """\n\'# no"""  # a',
        "x = ''  # a 'quote\ny = 1  # b",
        "x = 'a\\\n# no'  # a",
        "# é a\nx = 'é#'  # b",
        "x = ''''''  # a",
        'x = "\'"  # a',
    ],
)
def test_strings_hold_no_comments(text: str) -> None:
    assert list(comments(text.split("\n"))) == tokenized(text)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="quotes inside f-strings of the same quotes")
def test_quotes_inside_f_strings() -> None:
    text = "x = f'{d['# no']}'  # a"
    assert list(comments([text])) == tokenized(text)


def test_nothing_after_a_string_that_does_not_end() -> None:
    assert list(comments(["# a", "x = (", "'''", "# b"])) == [(1, 1, "# a")]
