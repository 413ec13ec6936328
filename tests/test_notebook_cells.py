"""Notebooks with the texts of some cells replaced: nothing else of the file changes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from einlint.findings import Edit, Position, Span
from einlint.modules import Place, edited, module_of
from einlint.notebook_cells import cell_texts, with_texts


def as_bytes(*sources: Any, **style: Any) -> bytes:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "x"}, *cells]}, **style).encode()


@pytest.mark.parametrize(
    "style",
    [
        pytest.param({"indent": 1}, id="indented"),
        pytest.param({"indent": "\t"}, id="tabs"),
        pytest.param({}, id="one line"),
        pytest.param({"separators": (",", ":")}, id="no spaces"),
        pytest.param({"indent": 1, "ensure_ascii": False}, id="not ASCII"),
    ],
)
@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        pytest.param(["a\n", "é"], "b\né", ["b\n", "é"], id="one of two lines"),
        pytest.param(["a\n", "é"], "b", ["b"], id="fewer lines"),
        pytest.param(["é"], "b\né", ["b\n", "é"], id="more lines"),
        pytest.param(["a\n", "é\n"], "ü\n", ["ü\n"], id="a line end at the end"),
        pytest.param("a\né", "b\né", "b\né", id="one text"),
        pytest.param([], "a", "a", id="no lines"),
    ],
)
def test_the_style_stays(source: Any, text: str, expected: Any, style: dict[str, Any]) -> None:
    before, after = as_bytes("é", source, "x = 1", **style), as_bytes("é", expected, "x = 1", **style)
    assert with_texts(before, {3: text}) == after
    assert cell_texts(after)[3] == text
    assert with_texts(before, {}) == before


def test_what_is_not_replaced_keeps_its_bytes() -> None:
    cell = b'{"source":["\\u0061\\/\\n" ,\r\n "b"] , "cell_type": "code"}'
    data = b'\xef\xbb\xbf{ "n":1.50,\r\n"cells" : [ ' + cell + b",\r\n[] ] }\r\n\r\n"
    assert cell_texts(data) == {1: "a/\nb"}
    assert with_texts(data, {1: "a/\nc"}) == data.replace(b'"b"', b'"c"')


def test_worksheets_of_the_third_version() -> None:
    sheets = [{"cells": [{"cell_type": "code", "input": [f"{k}"]}]} for k in range(2)]
    data = json.dumps({"worksheets": [1, *sheets]}).encode()
    assert cell_texts(data) == {1: "0", 2: "1"}
    assert with_texts(data, {2: "3"}) == data.replace(b'"1"', b'"3"')


@pytest.mark.parametrize("data", [b"[]", b"{}", b'{"cells": {}}', b'{"cells": [1, {}, {"cell_type": "code"}]}'])
def test_nothing_to_replace(data: bytes) -> None:
    assert cell_texts(data) == {}
    assert with_texts(data, {1: "x"}) == data


def span(*numbers: int) -> Span:
    return Span(Position(*numbers[:2]), Position(*numbers[2:]))


def test_places_count_rows_in_their_cell() -> None:
    data = as_bytes("x = 1\n", "%magic\ny = (2,\n 3)")
    module = module_of(data, "n.ipynb")
    assert module is not None
    assert module.text == "x = 1\n\npass\ny = (2,\n 3)"
    assert module.span(Place(3, span(2, 5, 3, 4))) == span(4, 5, 5, 4)
    assert module.span(Place(3, span(1, 1, 1, 2))) is None, "a magic command is not ours to change"
    assert edited(data, "n.ipynb", [(3, Edit(span(2, 5, 3, 4), "4"))]) == as_bytes("x = 1\n", "%magic\ny = 4")
