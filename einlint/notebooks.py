"""Jupyter notebooks as one module: the code cells in order, and the way back from rows to cells."""

from __future__ import annotations

import ast
import json
from typing import NamedTuple

from einlint.lazily import regex
from einlint.source import split_lines

_CELL_MAGICS_WITH_PYTHON = ("%%time", "%%timeit", "%%capture", "%%prun")
_LINE_MAGIC = regex(r"(?P<indent>\s*)(?:[%!]|\?{1,2}\w)|(?P<help>\s*)[\w.]+\?{1,2}\s*$")
_ASSIGNED_MAGIC = regex(r"(?P<head>\s*[\w, ()\[\].]+=\s*)[%!]")


class Notebook(NamedTuple):
    """`lines` of all code cells; `cells` gives for each line its 1-based cell and its row there."""

    lines: list[str]
    cells: list[tuple[int, int]]


def read_notebook(data: bytes) -> Notebook:
    """The Python code of a notebook. Raises ValueError when it is not one."""
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    cells = _cells(content) if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise ValueError("it has no list of cells")
    notebook = Notebook([], [])
    if not _is_python(content):
        return notebook
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            lines = python_lines(cell_text(cell))
            notebook.lines.extend(lines)
            notebook.cells.extend((number, row) for row in range(1, len(lines) + 1))
    return notebook


def _cells(content: dict[str, object]) -> object:
    """The cells; the third version of the format keeps them in worksheets."""
    sheets = content.get("worksheets")
    if "cells" in content or not isinstance(sheets, list):
        return content.get("cells")
    inside = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for cells in inside if isinstance(cells, list) for cell in cells]


def _is_python(content: dict[str, object]) -> bool:
    metadata = content.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    language = spec.get("language", "python") if isinstance(spec, dict) else "python"
    return language == "python"


def cell_text(cell: dict[str, object]) -> str:
    """The text of a cell, which may be kept as a list of lines."""
    text = cell.get("source", cell.get("input", ""))
    if isinstance(text, list):
        return "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else ""


def python_lines(text: str) -> list[str]:
    """The lines of a cell with magics blanked out; all blank when the cell is not Python."""
    lines = split_lines(text)
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not first.startswith(_CELL_MAGICS_WITH_PYTHON):
        return [""] * len(lines)
    if _parses("\n".join(lines)):
        return lines
    cleaned = [_without_magic(line) for line in lines]
    return cleaned if _parses("\n".join(cleaned)) else [""] * len(lines)


def _without_magic(line: str) -> str:
    magic = _LINE_MAGIC.match(line)
    if magic is not None:
        return (magic["indent"] or magic["help"] or "") + "pass"
    assigned = _ASSIGNED_MAGIC.match(line)
    return assigned["head"] + "None" if assigned is not None else line


def _parses(text: str) -> bool:
    try:
        compile(text, "cell", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
