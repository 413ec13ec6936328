"""Comments that silence findings: which there are, and what each covers."""

from __future__ import annotations

import pytest

from einlint.suppressions import Suppression, suppressions


def only(line: str) -> Suppression:
    (suppression,) = suppressions([line])
    return suppression


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = 1", id="no comment"),
        pytest.param("# quiet", id="another comment"),
        pytest.param("x = '# noqa'", id="text in a string"),
        pytest.param("x = '''\n# noqa\n# einlint: ignore\n'''", id="text in a string of several lines"),
        pytest.param("f'{x}# noqa'", id="text in an f-string"),
        pytest.param("# noqa-all", id="a word that goes on"),
        pytest.param("# noqality", id="another word"),
        pytest.param("# einlint: ignored", id="another word of ours"),
        pytest.param("# einlint: ignore-all", id="a kind that does not exist"),
        pytest.param("noqa = einlint", id="names"),
        pytest.param("'''\n# noqa", id="a string without end"),
    ],
)
def test_no_suppression(text: str) -> None:
    assert suppressions(text.split("\n")) == []


@pytest.mark.parametrize(
    ("comment", "codes", "noqa", "whole_file"),
    [
        pytest.param("# noqa", None, True, False, id="everything"),
        pytest.param("#noqa", None, True, False, id="without a blank"),
        pytest.param("# NoQA", None, True, False, id="in any case"),
        pytest.param("# noqa: because", None, True, False, id="with a reason"),
        pytest.param("# noqa: EIN101", ("EIN101",), True, False, id="one code"),
        pytest.param("# noqa:ein101", ("EIN101",), True, False, id="one code in lower case"),
        pytest.param("# noqa: E501, EIN101 W6", ("E501", "EIN101", "W6"), True, False, id="several codes"),
        pytest.param("# noqa: EIN101 because", ("EIN101",), True, False, id="a code and a reason"),
        pytest.param("# type: ignore # noqa: EIN1", ("EIN1",), True, False, id="after another comment"),
        pytest.param("# flake8: noqa", None, True, True, id="the whole file"),
        pytest.param("# flake8: noqa: EIN101", ("EIN101",), True, True, id="the whole file, one code"),
        pytest.param("# einlint: ignore", None, False, False, id="everything of ours"),
        pytest.param("# einlint: ignore[EIN101]", ("EIN101",), False, False, id="one code of ours"),
        pytest.param("# einlint: ignore [EIN101]", ("EIN101",), False, False, id="after a blank"),
        pytest.param("# einlint:ignore[ein1, missing-arrow]", ("EIN1", "missing-arrow"), False, False, id="a name"),
        pytest.param("# einlint: ignore[]", (), False, False, id="nothing"),
        pytest.param("# einlint: ignore-file", None, False, True, id="the whole file of ours"),
        pytest.param("# einlint: ignore-file[EIN0]", ("EIN0",), False, True, id="the whole file of ours, a prefix"),
    ],
)
def test_a_comment(comment: str, codes: tuple[str, ...] | None, noqa: bool, whole_file: bool) -> None:
    found = only(comment)
    assert (found.codes, found.noqa, found.whole_file) == (codes, noqa, whole_file)


def test_two_comments_in_one() -> None:
    found = suppressions(["x  # noqa: E501 # einlint: ignore[EIN101]"])
    assert [(s.codes, s.noqa) for s in found] == [(("E501",), True), (("EIN101",), False)]


@pytest.mark.parametrize(
    ("line", "marked"),
    [
        pytest.param("x  # noqa: EIN101  ", "# noqa: EIN101", id="with its codes"),
        pytest.param("é = '𝔘'  # noqa", "# noqa", id="after other letters"),
        pytest.param(
            "x  # type: ignore  # einlint: ignore[EIN1] why", "# einlint: ignore[EIN1]", id="inside a comment"
        ),
    ],
)
def test_where_it_stands(line: str, marked: str) -> None:
    (row, column), (last, end) = only(line).span
    assert (row, last) == (1, 1)
    assert line[column - 1 : end - 1] == marked


def test_rows_are_counted_over_form_feeds_and_continued_lines() -> None:
    lines = ["x = 1\f", "y = \\", "  2  # noqa", "z = '''", "'''  # einlint: ignore"]
    assert [found.span.start.row for found in suppressions(lines)] == [3, 5]


def test_comments_before_what_cannot_be_tokenized_count() -> None:
    assert [found.span.start.row for found in suppressions(["# noqa", "x = (", "'''"])] == [1]


@pytest.mark.parametrize(
    ("comment", "rows", "covers"),
    [
        pytest.param("# noqa", {2}, False, id="another row"),
        pytest.param("# noqa: E501", {1}, False, id="another code"),
        pytest.param("# noqa: EIN102", {1}, False, id="another code of ours"),
        pytest.param("# einlint: ignore[]", {1}, False, id="nothing"),
        pytest.param("# einlint: ignore[axis]", {1}, False, id="part of a name"),
        pytest.param("# noqa", {1}, True, id="everything"),
        pytest.param("# noqa", {1, 3}, True, id="one of its rows"),
        pytest.param("# noqa: EIN101", {1}, True, id="the code"),
        pytest.param("# noqa: EIN1", {1}, True, id="a prefix"),
        pytest.param("# einlint: ignore[axis-on-one-side]", {1}, True, id="the name"),
        pytest.param("# einlint: ignore-file[EIN101]", {7}, True, id="the whole file"),
    ],
)
def test_what_it_covers(comment: str, rows: set[int], covers: bool) -> None:
    assert only(comment).covers("EIN101", "axis-on-one-side", rows) == covers
