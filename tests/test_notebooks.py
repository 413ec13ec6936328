"""Notebooks: which lines of which cells are Python."""

from __future__ import annotations

import json
from typing import Any

import pytest

from einlint.notebooks import Notebook, python_lines, read_notebook


def notebook(*cells: Any, **content: Any) -> Notebook:
    return read_notebook(json.dumps({"cells": [*cells], **content}).encode())


def code(*lines: str) -> dict[str, Any]:
    return {"cell_type": "code", "source": [f"{line}\n" for line in lines[:-1]] + [*lines[-1:]]}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"\xff", id="no text"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{}", id="no cells"),
        pytest.param(b'{"cells": {}}', id="cells that are no list"),
        pytest.param(b'{"worksheets": 1}', id="worksheets that are no list"),
        pytest.param(b"[" * 100_000, id="nested too deeply"),
    ],
)
def test_what_is_not_a_notebook(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_notebook(data)


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param({"cell_type": "markdown", "source": "x = 1"}, id="a text"),
        pytest.param({"cell_type": "raw", "source": "x = 1"}, id="a raw cell"),
        pytest.param({"source": "x = 1"}, id="no type"),
        pytest.param([1], id="a list"),
        pytest.param(None, id="nothing"),
    ],
)
def test_what_is_not_code_has_no_lines(cell: object) -> None:
    assert notebook(cell) == Notebook([], [])


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param({"cell_type": "code"}, id="no source"),
        pytest.param({"cell_type": "code", "source": ""}, id="an empty source"),
        pytest.param({"cell_type": "code", "source": []}, id="an empty list"),
        pytest.param({"cell_type": "code", "source": [1, None]}, id="a list of other things"),
        pytest.param({"cell_type": "code", "source": {"x": 1}}, id="another thing"),
        pytest.param({"cell_type": "code", "source": "x = ("}, id="what is not Python"),
        pytest.param({"cell_type": "code", "source": "x = '\ud800'"}, id="half a character"),
        pytest.param({"cell_type": "code", "source": "x = 1\0"}, id="a null"),
    ],
)
def test_what_cannot_be_read_is_blank(cell: object) -> None:
    assert notebook(cell) == Notebook([""], [(1, 1)])


def test_cells_follow_each_other() -> None:
    found = notebook(code("x = 1", "y = 2"), {"cell_type": "markdown", "source": "z"}, code("z = 3"))
    assert found == Notebook(["x = 1", "y = 2", "z = 3"], [(1, 1), (1, 2), (3, 1)])


def test_a_source_may_be_one_text() -> None:
    assert notebook({"cell_type": "code", "source": "x = 1\r\ny = 2\n"}).lines == ["x = 1", "y = 2", ""]


def test_the_third_version_keeps_cells_in_worksheets() -> None:
    sheets = [
        {"cells": [{"cell_type": "code", "input": "x = 1"}]},
        {"cells": [{"cell_type": "code", "input": ["y = 2"]}]},
    ]
    found = read_notebook(json.dumps({"worksheets": [*sheets, None, {}]}).encode())
    assert found == Notebook(["x = 1", "y = 2"], [(1, 1), (2, 1)])


@pytest.mark.parametrize(
    ("metadata", "is_python"),
    [
        pytest.param({"kernelspec": {"language": "R"}}, False, id="another language"),
        pytest.param({"kernelspec": {"language": "python"}}, True, id="Python"),
        pytest.param({"kernelspec": {}}, True, id="no language"),
        pytest.param({}, True, id="no kernel"),
        pytest.param(1, True, id="other metadata"),
    ],
)
def test_language(metadata: object, is_python: bool) -> None:
    assert bool(notebook(code("x = 1"), metadata=metadata).lines) == is_python


def test_a_byte_order_mark_is_no_part_of_it() -> None:
    assert read_notebook(b"\xef\xbb\xbf" + json.dumps({"cells": [code("x = 1")]}).encode()).lines == ["x = 1"]


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        pytest.param("x = 1", ["x = 1"], id="Python"),
        pytest.param("await f()", ["await f()"], id="await outside functions"),
        pytest.param("x = y % z\nif x: pass", ["x = y % z", "if x: pass"], id="a modulus"),
        pytest.param("x = (y\n  % z)", ["x = (y", "  % z)"], id="a modulus at the start of a line"),
        pytest.param("s = '''\n%magic\n'''", ["s = '''", "%magic", "'''"], id="a string"),
        pytest.param("%time x\ny = 1", ["pass", "y = 1"], id="a line magic"),
        pytest.param("!ls\ny = 1", ["pass", "y = 1"], id="a shell command"),
        pytest.param("if x:\n    !ls", ["if x:", "    pass"], id="an indented shell command"),
        pytest.param("x = !ls", ["x = None"], id="an assigned shell command"),
        pytest.param("a, b = %magic c", ["a, b = None"], id="an assigned magic"),
        pytest.param("?f\nf??\ny = 1", ["pass", "pass", "y = 1"], id="help"),
        pytest.param("%%time\ny = 1", ["pass", "y = 1"], id="a cell magic around Python"),
        pytest.param("%%bash\nls", ["", ""], id="a cell magic around something else"),
        pytest.param("\n%%html\n<b>", ["", "", ""], id="a cell magic after an empty line"),
        pytest.param("%%time\nx = (", ["", ""], id="broken Python"),
        pytest.param("  x = 1", [""], id="an indented cell"),
    ],
)
def test_python_lines(cell: str, lines: list[str]) -> None:
    assert python_lines(cell) == lines
