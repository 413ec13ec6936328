"""Globs of the configuration and of ignore files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einlint.globs import Globs, IgnoreFiles, expand, is_plain, problem


@pytest.mark.parametrize(
    ("glob", "path", "taken"),
    [
        ("a.py", "/r/a.py", True),
        ("a.py", "/r/deep/down/a.py", True),
        ("a.py", "/r/a.pyi", False),
        ("/a.py", "/r/deep/a.py", False),
        ("tests", "/r/tests/a.py", True),
        ("tests/*", "/r/tests/a.py", True),
        ("tests/*", "/r/tests/deep/a.py", True),
        ("tests/*", "/r/src/tests/a.py", False),
        ("**/tests/*", "/r/src/tests/a.py", True),
        ("tests/**/*.py", "/r/tests/a.py", True),
        ("!a.py", "/r/a.py", False),
        ("*", "/elsewhere/a.py", True),
    ],
)
def test_take(glob: str, path: str, taken: bool) -> None:
    assert Globs("/r", [glob]).take(path) is taken


def test_the_last_line_that_fits_decides() -> None:
    globs = Globs("/r", ["*.py", "!keep.py", "no/keep.py"])
    paths = ("/r/a.py", "/r/keep.py", "/r/no/keep.py", "/r/a.txt")
    assert [globs.take(path) for path in paths] == [True, False, True, False]


def test_only_folders() -> None:
    globs = Globs("/r", ["build/"])
    assert globs.take("/r/build", folder=True)
    assert not globs.take("/r/build")


def test_bad_lines_of_an_ignore_file_are_passed_over() -> None:
    assert IgnoreFiles("/r", ["!", "[z-a]", "a.py", "\\"]).take("/r/a.py", folder=False)


@pytest.mark.parametrize(("line", "bad"), [("!", True), ("[z-a]", True), ("a.py", False), ("[", False)])
def test_problem(line: str, bad: bool) -> None:
    assert (problem(line) is not None) == bad


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("a.py", ["a.py"]),
        ("{a,b}.py", ["a.py", "b.py"]),
        ("{a,b}/{c,}", ["a/c", "a/", "b/c", "b/"]),
        ("{a}{", ["{a}{"]),
    ],
)
def test_expand(glob: str, expected: list[str]) -> None:
    assert list(expand(glob)) == expected


def test_expand_has_a_limit() -> None:
    with pytest.raises(ValueError, match="more than 10,000 globs"):
        expand("{a,b}" * 30)


@pytest.mark.parametrize(("glob", "plain"), [("build", True), (".venv", True), ("a/b", False), ("*.py", False)])
def test_is_plain(glob: str, plain: bool) -> None:
    assert is_plain(glob) == plain


@given(st.lists(st.text("ab/*?[]!\\-. {}", max_size=6), max_size=4), st.text("ab/. ", max_size=8))
def test_any_glob_is_compared_or_refused(lines: list[str], path: str) -> None:
    assert Globs("/r", lines).take(f"/r/{path}") in (True, False)
    assert IgnoreFiles("/r").below("/r/a", lines).take(f"/r/{path}", folder=True) in (True, False)
    assert all(isinstance(problem(line), str | None) for line in lines)
