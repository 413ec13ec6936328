"""What inference says of names in realistic files.

In `cases`, a comment `#: x (b, n, 96)` at the end of a line is what must be said of `x` after that line, `?` for
unknown. After ` or ` stands what may be said instead: a reader sees it, and inference does not yet.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from einlint.calls import Call, CallFinder
from einlint.shapes.analysis import contradictions
from einlint.shapes.explanation import explained
from einlint.source import Source, read

CASES = sorted((Path(__file__).parent / "cases").glob("*.py"))
_EXPECTED = re.compile(r"  #: (.*)$", re.MULTILINE)
each_case = pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)


class Expected(NamedTuple):
    """What must be said of a name on a row; one of several texts."""

    row: int
    name: str
    texts: tuple[str, ...]


def expectations(text: str) -> Iterator[Expected]:
    for row, line in enumerate(text.splitlines(), 1):
        comment = _EXPECTED.search(line)
        for part in comment[1].split(" #: ") if comment else ():
            name, _, said = part.partition(" ")
            yield Expected(row, name, tuple("unknown" if each == "?" else each for each in said.split(" or ")))


def prepared(text: str) -> tuple[CallFinder, list[Call]]:
    """A file to infer from, without the comments: they are not to be believed."""
    source = read(_EXPECTED.sub("", text).encode(), "case.py")
    assert isinstance(source, Source)
    finder = CallFinder(source, {})
    return finder, finder.calls()


@each_case
def test_inference(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    finder, calls = prepared(text)
    wrong = []
    for row, name, texts in expectations(text):
        said = next((e.values[0].text for e in explained(finder, calls, row) if e.expression == name), "nothing")
        if said not in texts:
            wrong.append(f"row {row}: `{name}` is {said}, expected {' or '.join(texts)}")
    assert wrong == []


@each_case
def test_nothing_contradicts_itself(path: Path) -> None:
    found = contradictions(*prepared(path.read_text(encoding="utf-8")))
    assert [f"row {each.node.lineno}: {ast.unparse(each.node)}: {each.reason}" for each in found] == []
