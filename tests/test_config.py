"""`[tool.einlint]`: what is read, from where, and how mistakes in it are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einlint.config import Config, ConfigError, closest, parse

EVERYTHING = b"""
[project]
name = "einlint-user"

[tool.einlint]
select = ["EIN0", "EIN1"]
extend-select = ["EIN9"]
ignore = ["unused-length"]
exclude = ["generated"]
extend-exclude = ["*_pb2.py"]
targets = ["onnx"]
cache = false
cache-dir = "/tmp/cache"
per-file-ignores = { "tests/*" = ["EIN1"], "a.py" = [] }

[tool.einlint.aliases]
mylib.ops.fold = "einops.rearrange"
"mylib.sum" = "einops.einsum"
"""


def test_every_key() -> None:
    assert parse(EVERYTHING, "/project/pyproject.toml") == Config(
        root="/project",
        path="/project/pyproject.toml",
        select=("EIN0", "EIN1"),
        extend_select=("EIN9",),
        ignore=("unused-length",),
        per_file_ignores=(("tests/*", ("EIN1",)), ("a.py", ())),
        exclude=("generated",),
        extend_exclude=("*_pb2.py",),
        aliases=(("mylib.ops.fold", "einops.rearrange"), ("mylib.sum", "einops.einsum")),
        targets=("onnx",),
        cache=False,
        cache_dir="/tmp/cache",
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("[tool.other]\nselect = 3\n", id="section of another tool"),
        pytest.param("tool = 3\n", id="no table of tools"),
        pytest.param("[project]\nname = 'einlint'\n", id="only the name"),
    ],
)
def test_no_section(text: str) -> None:
    assert parse(text.encode(), "/pyproject.toml") is None


def test_an_empty_section_counts() -> None:
    assert parse(b"[tool.einlint]", "/project/pyproject.toml") == Config("/project", "/project/pyproject.toml")


def test_byte_order_mark_and_windows_newlines() -> None:
    config = parse(b"\xef\xbb\xbf[tool.einlint]\r\nignore = ['EIN1']\r\n", "/pyproject.toml")
    assert config is not None and config.ignore == ("EIN1",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.einlint]\n\nslect = []", "3: unknown key `slect`, did you mean `select`?"),
        ("[tool.einlint]\nextend_select = []", "2: unknown key `extend_select`, did you mean `extend-select`?"),
        ("[tool.einlint.zzz]\n", "1: unknown key `zzz`, expected one of `select`, "),
        ("[tool.einlint]\nselect = 'EIN1'", "2: `select` must be a list of strings, found a string"),
        ("[tool.einlint]\n'ignore' = [1]", "2: `ignore` must be a list of strings, found an integer in it"),
        ("[tool.einlint]\nexclude = true", "2: `exclude` must be a list of strings, found a boolean"),
        ("[tool.einlint]\ncache-dir = 'a'\ncache = 'no'", "3: `cache` must be a boolean, found a string"),
        ("[tool.einlint]\ncache-dir = 1979-05-27", "2: `cache-dir` must be a string, found a date or time"),
        (
            "[tool.einlint]\nper-file-ignores = []",
            "2: `per-file-ignores` must be a table of glob to list of strings, found a list",
        ),
        (
            "[other]\nselect = 1\n[tool.einlint.per-file-ignores]\n'*' = 'EIN1'",
            "3: `per-file-ignores` must be a list of strings, found a string",
        ),
        (
            "[tool.einlint]\naliases = {a = 'not a name'}",
            "2: `aliases` must be a table of dotted name to dotted name, found `not a name` in it",
        ),
        (
            "[tool.einlint]\naliases.a = 1.5",
            "2: `aliases` must be a table of dotted name to dotted name, found `a float` in it",
        ),
        ("[tool]\neinlint = 3", "2: `tool.einlint` must be a table, found an integer"),
        ("[tool.einlint]\nselect = [", "this is not valid TOML: "),
        ("[tool.einlint]\nselect == []", "2: this is not valid TOML: Invalid value"),
        ("[tool.einlint]\nselect = []\nselect = []\n", "3: this is not valid TOML: Cannot overwrite a value"),
        ("[tool.einlint]\n# \udcff", "2: byte 17 is not valid UTF-8"),
        ("[tool.einlint]\nselect = " + "[" * 100_000, "it is nested too deeply to be TOML"),
    ],
)
def test_mistakes(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text.encode("utf-8", "surrogateescape"), "/project/pyproject.toml")
    place = "/project/pyproject.toml:" + ("" if message[0].isdigit() else " ")
    assert str(caught.value).startswith(place + message)


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(text, "utf-8")
    return folder


def test_the_closest_section_is_used_and_nothing_is_merged(tmp_path: Path) -> None:
    outer = write(tmp_path, "[tool.einlint]\nselect = ['EIN0']\nignore = ['EIN001']")
    inner = write(tmp_path / "inner", "[tool.einlint]\nignore = ['EIN1']")
    without = write(inner / "without", "[tool.ruff]\nline-length = 3")
    assert closest(str(without)) == Config(str(inner), str(inner / "pyproject.toml"), ignore=("EIN1",))
    assert closest(str(outer)).select == ("EIN0",)


def test_a_broken_file_of_another_tool_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "[tool.einlint]\nignore = ['EIN1']")
    broken = write(tmp_path / "broken", "[tool.ruff\n")
    assert closest(str(broken)).ignore == ("EIN1",)


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    assert closest(str(tmp_path)).path is None


@given(st.text() | st.text("[]tool.einlint=\"'\n{}selct-re,1tu", max_size=60).map("[tool.einlint]\n".__add__))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(text.encode("utf-8", "surrogatepass"), "/pyproject.toml")
    except ConfigError as error:
        assert str(error).startswith("/pyproject.toml:")  # noqa: PT017


def toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items()) + "}"
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case str():
            return "'" + value + "'"
    return str(value)


WORDS = st.text("abc.*/ ", max_size=5)
VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    "select extend-select ignore per-file-ignores exclude extend-exclude aliases targets cache cache-dir".split()
)


@given(KEYS, VALUES)
def test_any_value_of_a_key_is_taken_or_refused(key: str, value: Any) -> None:
    try:
        config = parse(f"[tool.einlint]\n{key} = {toml(value)}\n".encode(), "/pyproject.toml")
    except ConfigError as error:
        assert (error.row, error.path) == (2, "/pyproject.toml")  # noqa: PT017
        assert f"`{key}` must be a" in error.message  # noqa: PT017
    else:
        assert hash(config) is not None
