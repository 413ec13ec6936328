"""Docstrings as evidence: a parameter of which nothing else is known has the shape that they tell."""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import Any

from einlint.claims.docstrings import read_docstring
from einlint.lazily import replace
from einlint.shapes.evidence import claimed
from einlint.shapes.objects import Frame, Hole, Known, Origin
from einlint.shapes.run import Run


def heed_docstring(
    run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef, text: str, frame: Frame, but: Collection[str] = ()
) -> None:
    """Believe the docstring of a function about its parameters, some excepted, until something contradicts it."""
    if "(" not in text and "[" not in text:
        return
    holes = {name: value for name, value in frame.names.items() if name not in but and _is_open(value)}
    for name, claim in read_docstring(text, holes).items():
        row = _row(run, node, name, claim.text)
        value = claimed(run, claim, Origin(row, "by the docstring"), frame.sizes, name)
        if isinstance(value, Known):
            run.memory.holes[holes[name]] = replace(value, hearsay=Origin(row, "docstring"))


def _is_open(value: Any) -> bool:
    """Whether nothing is known of the value of a parameter."""
    return isinstance(value, Hole) and not value.parents and not value.numeric and not value.lengths


def _row(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef, name: str, shape: str) -> int:
    """The line of a docstring that tells a shape; its first one where that is spread over several."""
    first, last = node.body[0].lineno, node.body[0].end_lineno or node.body[0].lineno
    lines = run.finder.source.lines
    return next((row for row in range(first, last + 1) if name in lines[row - 1] and shape in lines[row - 1]), first)
