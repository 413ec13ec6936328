"""One file through all layers: what is reported where, and what must not be."""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path

import pytest

from einlint import checking
from einlint.checking import check, check_tree
from einlint.dimensions.steps import TooLarge
from einlint.findings import Finding
from einlint.registry import enabled_codes, find_rule
from einlint.settings import Settings
from einlint.silent import inspector

SETTINGS = Settings(enabled_codes(None))
IMPORTS = """\
import jax.numpy as jnp
import numpy as np
import tensorflow as tf
import torch
from functools import partial
from einops import einsum, pack, parse_shape, rearrange, reduce, repeat, unpack
from einops.layers.torch import EinMix, Rearrange, Reduce
"""


def findings(text: str, path: str = "module.py", settings: Settings = SETTINGS) -> tuple[Finding, ...]:
    return check((IMPORTS + text).encode(), path, settings).findings


def marked(text: str) -> list[tuple[str, str]]:
    """The names of the rules that report something, each with what stands in the file at the finding."""
    lines = (IMPORTS + text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [(found.name, between(lines, *found.span.start, *found.span.end)) for found in findings(text)]


def between(lines: list[str], row: int, column: int, last: int, end: int) -> str:
    if row == last:
        return lines[row - 1][column - 1 : end - 1]
    return "\n".join((lines[row - 1][column - 1 :], *lines[row : last - 1], lines[last - 1][: end - 1]))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("rearrange(x, 'b (h d) -> b h d', **({'h': 8} if c else {}))", id="conditional lengths"),
        pytest.param("rearrange(x, 'b (h w) -> b h w', **sizes)", id="unknown lengths"),
        pytest.param("rearrange(x, 'b (h d) -> b h d', h=8, d=64)", id="lengths that overdetermine a group"),
        pytest.param("rearrange(x, 'b (x y) -> b x y', x=2)", id="an axis called x"),
        pytest.param("rearrange(*args)\nrearrange(x, *args)\nrearrange(*args, h=2)", id="unknown arguments"),
        pytest.param("rearrange(tensor=x, pattern='a b -> b a')", id="keywords"),
        pytest.param("rearrange([x for x in y], 'l b -> b l')", id="a list of tensors"),
        pytest.param("rearrange((y := f(x)), 'a b -> b a')", id="a walrus for the tensor"),
        pytest.param("rearrange(x, (p := 'a'))", id="a walrus for the pattern"),
        pytest.param("rearrange(x, 'b {}'.format(c))\nrearrange(x, 'b %s' % c)", id="formatted patterns"),
        pytest.param("rearrange(x, f'b (c {n}) -> b c')", id="an f-string of a variable"),
        pytest.param("for p in ('a b -> b a', 'a'): rearrange(x, p)", id="a loop over patterns"),
        pytest.param("def f(x, *, pattern='a'): return rearrange(x, pattern)", id="a parameter for the pattern"),
        pytest.param("rearrange(x, f\"b {'t' if c else ''} d -> b {'t' if c else ''} d\")", id="one condition twice"),
        pytest.param("rearrange(x, f\"b {'t' if c else ''} d -> b {'t' if self.c else ''} d\")", id="equal conditions"),
        pytest.param("'''rearrange(x, 'a')'''", id="text in a string"),
        pytest.param("q, k = map(lambda t: rearrange(t, 'b (h d) -> b h d', h=h), (q, k))", id="a map"),
        pytest.param(
            "reduce(x, 'b c -> b', torch.max)\nreduce(x, 'b c -> b', lambda x, i: x)", id="callable reductions"
        ),
        pytest.param("def f(r): reduce(x, 'b c -> b', r)", id="an unknown reduction"),
        pytest.param("reduce(x, 'a b -> a', 'mean' if c else 'max')", id="either of two reductions"),
        pytest.param("unpack(x, shapes, 'b *')\nunpack(x, [[3], [4]], 'b *')", id="unpack"),
        pytest.param("rearrange(x, 'b c h w -> b (c h w)', **parse_shape(x, 'b c h w'))", id="lengths of parse_shape"),
        pytest.param("einsum(*tensors, 'a b, b c -> a c')", id="unknown operands of einops.einsum"),
        pytest.param("torch.einsum('ij,jk->ik', [*x])\ntorch.einsum('ij,jk->ik', x)", id="operands in one list"),
        pytest.param("torch.einsum(*args)\ntorch.einsum(equation, x)", id="an unknown equation"),
        pytest.param("np.einsum(eq, [1, 2], [3, 4])", id="an unknown equation of vectors"),
        pytest.param("np.einsum('ij->i', x, out=y, optimize=['einsum_path', (0, 1)])", id="keywords of numpy"),
        pytest.param("x.einsum('a b')\nself.einsum('a b')", id="a method called einsum"),
        pytest.param("jnp.einsum('bsd,3dkh->bs3kh', x, y, precision=p)", id="digits in jax"),
        pytest.param("tf.einsum('ij->ji', x, name='n')", id="keywords of tensorflow"),
        pytest.param("EinMix('b c -> b d', weight_shape=w, bias_shape='d', c=3, d=4)", id="an unknown weight"),
        pytest.param("EinMix('b c -> b d', 'c d', 'd' if c else None, c=3, d=4)", id="a bias or none"),
        pytest.param("f = partial(rearrange, h=8)\nf(x, 'b (h d) -> b h d')", id="a length by partial"),
        pytest.param("f = partial(rearrange, pattern='a (b c) -> a b c')\nf(x, b=1)", id="a pattern by partial"),
        pytest.param("jit(rearrange)(x, 'a')\nvmap(rearrange)(x, 'a')", id="a wrapped function"),
        pytest.param("def rearrange(x, p): pass\nrearrange(x, 'a')", id="a function of the file"),
        pytest.param("class Rearrange: pass\nRearrange('a')", id="a class of the file"),
        pytest.param("with pytest.raises(E):\n  rearrange(x, 'a')", id="an expected failure"),
        pytest.param("def f(xp): return xp.einsum('ij1', x)", id="what some library takes"),
    ],
)
def test_nothing_is_reported(text: str) -> None:
    assert marked(text) == []


@pytest.mark.parametrize(
    ("text", "rule", "place"),
    [
        pytest.param("rearrange(x, 'ab cd -> ab')", "axis-on-one-side", "cd", id="a literal"),
        pytest.param('rearrange(x, """ab cd -> ab""")', "axis-on-one-side", "cd", id="a triple-quoted literal"),
        pytest.param("rearrange(x, r'ab cd -> ab')", "axis-on-one-side", "cd", id="a raw literal"),
        pytest.param("rearrange(x, u'ab cd -> ab')", "axis-on-one-side", "cd", id="a literal with a prefix"),
        pytest.param(r"rearrange(x, 'ab c\x64 -> ab')", "axis-on-one-side", r"c\x64", id="a hexadecimal escape"),
        pytest.param(r"rearrange(x, '\u0061b cd -> \u0061b')", "axis-on-one-side", "cd", id="an escape before"),
        pytest.param(r"rearrange(x, '\N{DOLLAR SIGN} -> a')", "invalid-character", r"\N{DOLLAR SIGN}", id="a name"),
        pytest.param(r"rearrange(x, 'ab \143d -> ab')", "axis-on-one-side", r"\143d", id="an octal escape"),
        pytest.param(r"rearrange(x, 'ab\tcd -> ab')", "invalid-character", r"\t", id="a tab by escape"),
        pytest.param("rearrange(x, 'ab\tcd -> ab')", "invalid-character", "\t", id="a tab"),
        pytest.param("rearrange(x, 'ab '\n  'cd -> ab')", "axis-on-one-side", "cd", id="concatenation"),
        pytest.param("rearrange(x, 'ab c' 'd -> ab')", "axis-on-one-side", "c' 'd", id="an axis in two literals"),
        pytest.param("rearrange(x, 'ab ' + 'cd -> ab')", "axis-on-one-side", "cd", id="a sum"),
        pytest.param(
            "rearrange(x, (  # it's 'cd'\n  'ab '\n\n  # more\n  'cd -> ab'))", "axis-on-one-side", "cd", id="comments"
        ),
        pytest.param("rearrange(x, 'ab \\\ncd -> ab')", "axis-on-one-side", "cd", id="a continued line"),
        pytest.param("rearrange(x,\r\n  'ab '\r\n  'cd -> ab')", "axis-on-one-side", "cd", id="Windows lines"),
        pytest.param("rearrange(x,\r  'ab '\r  'cd -> ab')", "axis-on-one-side", "cd", id="old Macintosh lines"),
        pytest.param("torch.einsum('''ij\n->ik''', x)", "invalid-label", "\n", id="a line break in an equation"),
        pytest.param("if x:\n\trearrange(x, 'ab cd -> ab')", "axis-on-one-side", "cd", id="after a tab"),
        pytest.param("é = '中𝔘', rearrange(x, 'ab cd -> ab')", "axis-on-one-side", "cd", id="after other letters"),
        pytest.param("\frearrange(x, 'ab cd -> ab')", "axis-on-one-side", "cd", id="after a form feed"),
        pytest.param("rearrange(x, 'ab 中 -> ab')", "axis-on-one-side", "中", id="an axis of other letters"),
        pytest.param("f'{rearrange(x, \"ab cd -> ab\")}'", "axis-on-one-side", "cd", id="inside an f-string"),
        pytest.param("P = 'ab cd -> ab'\nrearrange(x, P)", "axis-on-one-side", "P", id="a constant, where it is used"),
        pytest.param("rearrange(x, f'ab c{1} -> ab')", "axis-on-one-side", "f'ab c{1} -> ab'", id="an f-string"),
        pytest.param("rearrange(x, 'a -> a' if y else 'ab cd -> ab')", "axis-on-one-side", "cd", id="one arm"),
        pytest.param(
            "rearrange(x, f'ab {\"ab\" if c else 1} -> ab')",
            "repeated-axis",
            "f'ab {\"ab\" if c else 1} -> ab'",
            id="one arm of an f-string",
        ),
        pytest.param("rearrange(x, 'ab (cd ef) -> ab cd ef')", "ambiguous-group", "(cd ef)", id="a group"),
        pytest.param("rearrange(x, 'ab')", "missing-arrow", "ab", id="a whole pattern"),
        pytest.param("rearrange(x, '')", "missing-arrow", "''", id="an empty pattern"),
        pytest.param("rearrange(x, 'ab -> ab', cd=2)", "unused-length", "cd", id="a length"),
        pytest.param("rearrange(x)", "invalid-arguments", "rearrange", id="a call"),
        pytest.param("EinMix('b c -> b d', 'c d  ef', c=1, d=2, ef=3)", "einmix-axes", "ef", id="a weight"),
        pytest.param("np.einsum(x(), [0, 1],\n  [ 2])", "unknown-output-label", "2", id="a sublist"),
        pytest.param("f = partial(rearrange, pattern='ab cd -> ab')", "axis-on-one-side", "cd", id="a partial"),
    ],
)
def test_a_finding_stands_at_its_cause(text: str, rule: str, place: str) -> None:
    assert marked(text) == [(rule, place)]


def test_what_a_partial_was_given_is_reported_there_only() -> None:
    text = "f = partial(rearrange, pattern='ab cd -> ab')\nf(x)\nf(x, ef=2)"
    assert marked(text) == [("axis-on-one-side", "cd"), ("unused-length", "ef")]


def test_what_only_a_completed_partial_has_is_reported_at_the_call() -> None:
    text = "f = partial(rearrange, pattern='ab -> ab cd')\nf = f\n" + "g = partial(repeat, pattern='ab -> ab cd')\ng(x)"
    assert marked(text) == [("axis-on-one-side", "cd"), ("missing-length", "g")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("rearrange(x, ('a ' if c else 'b ') + ('-> a' if d else '-> b'))", [], id="that may be fine"),
        pytest.param(
            "rearrange(x, ('a ' if c else 'b ') + ('-> e' if d else '-> f'))", ["axis-on-one-side"], id="never fine"
        ),
    ],
)
def test_two_conditions_may_depend_on_each_other(text: str, names: list[str]) -> None:
    assert [found.name for found in findings(text)] == names


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("rearrange(x, 'a')  # noqa", id="noqa"),
        pytest.param("rearrange(x, 'a')  # noqa: EIN001", id="noqa with the code"),
        pytest.param("rearrange(x, 'a')  # noqa: E501,EIN0", id="noqa with a prefix"),
        pytest.param("rearrange(x, 'a')  # einlint: ignore", id="ignore"),
        pytest.param("rearrange(x, 'a')  # einlint: ignore[missing-arrow]", id="ignore with the name"),
        pytest.param("rearrange(\n  x,\n  'a',\n)  # noqa: EIN001", id="on the last row of the statement"),
        pytest.param("y = rearrange(  # noqa: EIN001\n  x,\n  'a',\n)", id="on the first row of the statement"),
        pytest.param("if rearrange(x,\n  'a'\n):  # noqa: EIN001\n  pass", id="on the last row of a header"),
        pytest.param("def f():\n  return rearrange(x, '''\n  a''')  # noqa", id="after a pattern of several rows"),
        pytest.param("# einlint: ignore-file\nrearrange(x, 'a')", id="for the whole file"),
        pytest.param("# flake8: noqa: EIN001\nrearrange(x, 'a')", id="for the whole file by flake8's comment"),
    ],
)
def test_a_comment_silences(text: str) -> None:
    assert findings(text) == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("rearrange(x, 'a')  # noqa: E501", ["missing-arrow"], id="another code"),
        pytest.param("if y:  # noqa\n  rearrange(x, 'a')", ["missing-arrow"], id="on the header around"),
        pytest.param("rearrange(x, 'a')\ny  # noqa", ["missing-arrow"], id="on another statement"),
        pytest.param("x  # einlint: ignore", ["unused-suppression"], id="without need"),
        pytest.param("x  # noqa: EIN001", ["unused-suppression"], id="a code without need"),
        pytest.param("rearrange(x, 'a')  # noqa: EIN001, EIN101", ["unused-suppression"], id="one code of two"),
        pytest.param("rearrange(x, 'a')  # noqa: EIN001, E501, EIN0", [], id="codes that overlap, and another tool's"),
        pytest.param("rearrange(x, 'a')  # einlint: ignore[EIN9, missing-arrow]", [], id="a code for itself"),
        pytest.param("x  # noqa: EIN001, EIN902", [], id="without need, on purpose"),
        pytest.param("x  # noqa", [], id="for other tools"),
    ],
)
def test_a_comment_does_not_silence(text: str, names: list[str]) -> None:
    assert [found.name for found in findings(text)] == names


def test_noqa_is_left_to_flake8() -> None:
    settings = Settings(SETTINGS.enabled, noqa=False)
    text = "rearrange(x, 'a')  # noqa\nrearrange(x, 'b')  # einlint: ignore"
    assert [found.name for found in findings(text, settings=settings)] == ["missing-arrow"]


def test_only_enabled_rules_report() -> None:
    text = "rearrange(x, 'a')\nrearrange(x, 'a b -> a')"
    settings = Settings(frozenset({find_rule("missing-arrow").code}))
    assert [found.name for found in findings(text, settings=settings)] == ["missing-arrow"]


def test_aliases_are_found() -> None:
    settings = Settings(SETTINGS.enabled, aliases=(("mylib.fold", "einops.rearrange"),))
    data = b"from mylib import fold\nfold(x, 'a')\n"
    assert [found.name for found in check(data, "module.py", settings).findings] == ["missing-arrow"]
    assert not SETTINGS.marks.are_in(data)


@pytest.mark.parametrize(
    ("data", "mentioned"),
    [(b"", False), (b"x = (", False), (b"import einops", True), (b"np.einsum", True), (b"# rearrange", True)],
)
def test_files_that_mention_no_call_are_not_read(data: bytes, mentioned: bool) -> None:
    assert SETTINGS.marks.are_in(data) == mentioned
    assert check(data, "module.py", SETTINGS).findings == ()


def test_findings_are_sorted() -> None:
    text = "rearrange(x, 'a b -> a c d', e=1)\ndef f():\n  rearrange(rearrange(x, 'a'), 'b')\nrearrange(x, '(')"
    spans = [found.span for found in findings(text)]
    assert spans == sorted(spans)
    assert len(spans) > 4


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_tree_is_checked_like_its_file(end: str) -> None:
    text = IMPORTS + "é = rearrange(x,\n  'ab cd -> ab')\nrearrange(x, 'a')  # noqa\n"
    lines = [line + end for line in text.split("\n")]
    assert check_tree(ast.parse(text), lines, "module.py", SETTINGS) == check(text.encode(), "module.py", SETTINGS)


def test_a_tree_that_is_no_module_has_no_findings() -> None:
    assert check_tree(ast.parse("x", mode="eval"), ["x"], "module.py", SETTINGS).findings == ()


def notebook(*cells: str) -> bytes:
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in (IMPORTS, *cells)]}).encode()


def test_rows_of_a_notebook_are_counted_in_the_cell() -> None:
    data = notebook(
        "%magic\nx = !ls", "x = 1\n\nrearrange(x,\n  '''ab\n cd''')", "rearrange(x, 'a')\nx ? y", "rearrange(x, 'ab')"
    )
    found = [(f.name, f.cell, *f.span) for f in check(data, "notebook.ipynb", SETTINGS).findings]
    assert found == [("missing-arrow", 3, (4, 6), (5, 4)), ("missing-arrow", 5, (1, 15), (1, 17))]


def test_names_of_a_notebook_reach_later_cells() -> None:
    data = notebook("def rearrange(x, p): pass", "rearrange(x, 'a')", "P = 'a'", "Rearrange(P)  # noqa", "Rearrange(P)")
    assert [(f.name, f.cell) for f in check(data, "notebook.ipynb", SETTINGS).findings] == [("missing-arrow", 6)]


def test_what_is_not_a_notebook_is_reported() -> None:
    (finding,) = check(b'{"einops": 1}', "notebook.ipynb", SETTINGS).findings
    assert (finding.name, finding.message) == ("unreadable-file", "not a notebook: it has no list of cells")


def test_what_cannot_be_parsed_is_reported() -> None:
    (finding,) = check(b"import einops\nx = (\n", "module.py", SETTINGS).findings
    assert (finding.name, finding.span.start) == ("syntax-error", (2, 5))


def test_files_of_the_tree_are_dependencies(tmp_path: Path) -> None:
    (tmp_path / "ops.py").write_text("from einops import rearrange\n", "utf-8")
    checked = check(b"from ops import rearrange\nrearrange(x, 'a')\n", str(tmp_path / "module.py"), SETTINGS)
    assert [found.name for found in checked.findings] == ["missing-arrow"]
    files = {path: found for path, found in checked.dependencies.items() if not path.endswith(("?", os.sep))}
    assert {Path(path).name: digest is not None for path, digest in files.items()} == {
        "__init__.py": False,
        "ops.py": True,
    }


def test_lengths_too_large_to_compare_are_not_suspected(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def too_large(*asked_about: object) -> None:
        asked.append(asked_about)
        raise TooLarge("a polynomial with very many terms")

    monkeypatch.setattr(inspector, "_asked_about", lambda *of: [too_large])
    assert findings("def f(x):\n    return rearrange(x.reshape(2, 3), 'a b -> b a')\n") == ()
    assert asked


def test_of_a_huge_file_only_the_patterns_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"from einops import rearrange\nimport torch\nx = torch.ones(2, 3)\nrearrange(x, 'a b c -> a b c')\n"
    wrong = data + b"rearrange(x, 'a b')\n"
    assert [f.code for f in check(wrong, "model.py", SETTINGS).findings] == ["EIN201", "EIN001"]
    monkeypatch.setattr(checking, "MOST_INFERRED", len(data))
    checked = check(wrong, "model.py", SETTINGS)
    assert [f.code for f in checked.findings] == ["EIN001"]
    assert checked.notes == ("larger than 0 MB: only its patterns were checked, no shapes",)
