"""Which names a loop carries from one iteration to the next."""

from __future__ import annotations

import ast
import textwrap

import pytest

from einlint.calls import CallFinder
from einlint.shapes.analysis import contradictions
from einlint.shapes.carried import Loop, carried
from einlint.source import Source, read

LOOPS = {
    "for x in xs: y = f(x); z = y": "f",
    "for x in xs: z = y; y = f(x)": "f y",
    "for x in xs: x = x + 1": "",
    "for x, (y, *z) in xs: w = x, y, z": "",
    "for x in xs: n += x": "n",
    "while y: y = f(x)": "f x y",
    "while (y := f()): print(y)": "f print y",
    "for x in xs: t = [y for y in x]; u = y": "y",
    "for x in xs: a.b = c = x; c[0] = a": "a",
    "for x in xs: g = lambda: y; y = 1": "y",
    "for x in xs: del x": "",
    "for x in xs: del y": "y",
    "for x in xs:\n if x: y = 1\n else: y = 2\n z = y": "",
    "for x in xs:\n if x: y = 1\n z = y": "y",
    "for x in xs:\n if x: continue\n else: y = 2\n z = y": "",
    "for x in xs:\n if x: y = 1\n else: return y\n z = y": "y",
    "for x in xs:\n for k in x: y = k\n z = y": "y",
    "for x in xs:\n with f(x) as y: z = y\n w = z": "f",
    "for x in xs:\n try: y = x\n except E: pass\n z = y": "E y",
    "for x in xs:\n def g(): return y\n y = g()": "y",
    "for x in xs:\n while x: y = x\n y = 1": "y",
    "for x in xs:\n y: int\n z = y": "y",
    "for x in xs:\n break\n z = y": "",
}


@pytest.mark.parametrize("text", LOOPS)
def test_carried_names(text: str) -> None:
    (statement,) = ast.parse(textwrap.dedent(text)).body
    assert isinstance(statement, Loop)
    assert carried(statement) == frozenset(LOOPS[text].split())


def test_what_an_iteration_makes_anew_is_known_beside_a_number_that_is_counted() -> None:
    text = """
from einops import rearrange

def blocks(q, size):
    b, n, h, d = q.shape
    done = 0
    for _ in range(n):
        parts = zip(q.split(size, dim=1), range(n))
        for part, place in parts:
            merged = rearrange(part, "b n h d -> b h (n d)")
            rearrange(merged, "b c -> c b")
        done += 1
"""
    source = read(text.encode(), "case.py")
    assert isinstance(source, Source)
    finder = CallFinder(source, {})
    assert [each.node.lineno for each in contradictions(finder, finder.calls())] == [11]
