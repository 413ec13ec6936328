"""The function or class around a row, against a search of all of them."""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from einlint.scopes import scan
from einlint.silent.enclosing import Enclosing

KINDS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
HEADS = ["def f():", "async def f():", "class C:", "@f\ndef f():", "if x:", "pass"]


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Definitions side by side and inside one another."""
    lines = []
    depth = 0
    for _ in range(draw(st.integers(1, 25))):
        depth = draw(st.integers(0, depth))
        lines += [" " * depth + line for line in draw(st.sampled_from(HEADS)).split("\n")]
        if lines[-1].endswith(":"):
            depth += 1
            lines.append(" " * depth + "pass")
    return "\n".join(lines)


@given(programs())
def test_it_is_the_last_that_begins_before_a_row_and_ends_after_it(text: str) -> None:
    tree = ast.parse(text)
    scopes = [node for node in ast.walk(tree) if isinstance(node, KINDS)]
    enclosing = Enclosing(scopes)
    for row in range(1, text.count("\n") + 2):
        holding = [each for each in scopes if each.lineno <= row <= (each.end_lineno or 0)]
        assert enclosing.of(row) is max(holding, key=lambda each: each.lineno, default=None)


@given(programs(), st.integers(1, 30), st.integers(0, 30))
def test_functions_between_rows(text: str, first: int, more: int) -> None:
    names = scan(ast.parse(text))
    wanted = [function for function in names.functions if first <= function.lineno <= first + more]
    assert names.functions_between(first, first + more) == wanted
