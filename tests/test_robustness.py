"""No input crashes a check, and every finding stands inside its file.

`EINLINT_EXAMPLES=100000 pytest tests/test_robustness.py` tries more, with a fresh seed each time.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import einops
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import einlint
from einlint import source
from einlint.checking import check
from einlint.registry import rules
from einlint.settings import Checked, Settings
from einlint.source import decode, split_lines

EXAMPLES = int(os.environ.get("EINLINT_EXAMPLES", "1000"))
SETTINGS = Settings(frozenset(rules()), aliases=(("mylib.fold", "einops.rearrange"),))
HEAD = """\
import numpy as np, torch
from functools import partial
from einops import *
from einops.layers.torch import *
"""


@pytest.fixture(autouse=True, scope="module")
def _without_libcst() -> Iterator[None]:
    """LibCST, which tells newer from broken syntax, runs in a process of its own: too slow for thousands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "_libcst_parses", lambda text: False)
        yield


def campaign(share: float) -> Callable[[Any], Any]:
    """Hypothesis settings for a share of the examples; the default number tries the same ones each time."""
    return settings(
        max_examples=max(1, int(EXAMPLES * share)),
        derandomize="EINLINT_EXAMPLES" not in os.environ,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def checked(data: bytes, path: str = "module.py") -> Checked:
    """The result of a check, whose findings stand inside the file."""
    result = check(data, path, SETTINGS)
    for finding in result.findings:
        lines = lines_of(data, path, finding.cell)
        assert (1, 1) <= finding.span.start <= finding.span.end
        for row, column in finding.span:
            assert row <= len(lines)
            assert 1 <= column <= len(lines[row - 1]) + 1
        assert finding.message
    return result


def lines_of(data: bytes, path: str, cell: int | None) -> list[str]:
    if cell is not None:
        written = json.loads(data)["cells"][cell - 1]["source"]
        return split_lines("".join(part for part in written if isinstance(part, str)))
    if path.endswith(".ipynb"):
        return [""]
    try:
        return split_lines(decode(data))
    except (SyntaxError, LookupError, UnicodeError):
        return [""] * (data.count(b"\n") + 1)


def real_files() -> list[str]:
    """The texts of the modules of einops and of einlint that mention a call."""
    folders = [Path(package.__path__[0]) for package in (einops, einlint)] + [Path(__file__).parents[1] / "fixtures"]
    texts = [path.read_text("utf-8") for folder in folders for path in sorted(folder.rglob("*.py"))]
    return [text for text in texts if "einops" in text or "einsum" in text]


FILES = real_files()
WORDS_AND_SIGNS = """
( ) [ ] {{ }} : , ; . ... -> = := == -> * ** @ \\ ' " ''' \"\"\" f' rb" # #noqa #einlint:ignore[EIN] `
if else lambda def class global nonlocal del import from as with try: except: match case _ await yield not in
einops rearrange reduce( einsum(' partial( xp.einsum( self.P None True 1_0 0x 1e999 é 𝔘 … · ١ 'ab->b' 'ij,jk'
""".split()
BLANKS = ["\n", "\r", "\r\n", "\f", "\t", " ", "\0", "\ufeff", "\x1c", "\u2028", "\\\n", "\n    ", "\ud800"]
ODDITIES = st.sampled_from(WORDS_AND_SIGNS + BLANKS)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A real file with some spans deleted, doubled, moved or overwritten, and some names exchanged."""
    text = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 1, 1, 2, 5, 20, 100, 1000])))
        piece = text[start:end]
        change = draw(st.integers(0, 5))
        if change == 0:
            piece = ""
        elif change == 1:
            piece *= draw(st.integers(2, 4))
        elif change == 2:
            piece += draw(ODDITIES)
        elif change == 3:
            piece = draw(ODDITIES)
        elif change == 4:
            other = draw(st.integers(0, len(text)))
            piece += text[other : other + draw(st.integers(0, 200))]
        else:
            names = sorted(set(re.findall(r"\b[A-Za-z_]\w*\b", text))) or [""]
            old, new = draw(st.sampled_from(names)), draw(st.sampled_from(names))
            text = re.sub(rf"\b{re.escape(old)}\b", new, text)
        text = text[:start] + piece + text[end:]
    return text


ENCODED = st.sampled_from(
    [
        b"",
        b"",
        b"",
        b"\xef\xbb\xbf",
        b"# coding: latin-1\n",
        b"# coding: utf-16\n",
        b"# coding: utf-7\n",
        b"# coding: punycode\n",
    ]
)
LINE_ENDS = st.sampled_from(["\n", "\n", "\r\n", "\r"])


@campaign(0.4)
@given(mutated(), LINE_ENDS, ENCODED)
def test_mutated_files(text: str, line_end: str, head: bytes) -> None:
    checked(head + text.replace("\n", line_end).encode("utf-8", "surrogatepass"))


@campaign(0.1)
@given(st.sampled_from(FILES), st.integers(0), st.integers(0, 40), st.binary(max_size=8))
def test_files_with_broken_bytes(text: str, start: int, length: int, inserted: bytes) -> None:
    data = text.encode()
    start %= len(data)
    checked(data[:start] + inserted + data[start + length :])


@campaign(0.1)
@given(st.binary(), ENCODED)
def test_bytes(data: bytes, head: bytes) -> None:
    checked(head + data + b"\n# einops")


@campaign(0.1)
@given(st.text(), ENCODED)
def test_text(text: str, head: bytes) -> None:
    checked(head + text.encode("utf-8", "surrogatepass") + b"\n# einops")


FUNCTIONS = (
    "rearrange reduce repeat einsum pack unpack parse_shape np.einsum torch.einsum partial Rearrange EinMix f".split()
)
NAMES = "x y P f self.P xp.einsum rearrange 1 -1 0xf None ... [] (yield) b'ij'".split()
PATTERNS = [
    "a b -> b a",
    "a (b c) -> a b",
    "a b",
    "ij,jk",
    "i,i->i",
    "a * b",
    "mean",
    "",
    "(",
    "a\n-> b",
    "é … -> …",
    "\\'{}",
]
FORMS = """
{0}({1}, {2})|{0}({1}, {2}, {1}, a={2}, **{1})|{0}(*{1}, pattern={2}, tensor={1})|{1}({2})|({1} if {2} else {1})
({1} + {2})|[{1}, {2}, 0]|{{'a': {1}, {2}: 1}}|(lambda x, f={1}: {2})|[{1} for x in {2} if {1}]|(P := {1})
({1}).shape[0]|f'a {{x}} -> {{P!r:>{{f}}}}'|f'{{P}} b'|(await {2})|(not {1})|({1})[{2}:]
"""
STATEMENTS = """
x[{0}] = {1}|x = P = {1}|P = {0}|x, f = {0}|[x, *P] = {0}|self.P = {0}|x: str = {0}|P: Final = {0}|P += {0}|{0}
def f(self, x={0}, *, P=1):~  global rearrange~  rearrange = {1}|class P({0}):~  P = {1}~  def f(self): return {0}
try: {0}~except {1} as f: P = {1}|with {0} as x, raises(P): {1}  # noqa|for x in {0}: f = {1}|nonlocal x|del f
match {0}:~  case [x, *P]: {1}~  case {{'a': f, **x}}: del f|from mylib import fold as f|from .x import *
if {0}: rearrange = {1}~else:~  def f(P): return {0}  # einlint: ignore[EIN001]|import einops as f
"""


def choices(table: str) -> list[str]:
    return table.strip().replace("\n", "|").replace("~", "\n").split("|")


def expression(random: Random, depth: int = 3) -> str:
    if not depth or random.random() < 0.3:
        return random.choice([*NAMES, repr(random.choice(PATTERNS)), repr(random.choice(PATTERNS))])
    inner = (expression(random, depth - 1) for _ in range(2))
    return random.choice(choices(FORMS)).format(random.choice(FUNCTIONS), *inner)


def code(random: Random) -> str:
    statements = random.choices(choices(STATEMENTS), k=random.randint(1, 8))
    return HEAD + "\n".join(line.format(expression(random), expression(random)) for line in statements)


@campaign(1)
@given(st.randoms(use_true_random=True))
def test_generated_code(random: Random) -> None:
    checked(code(random).encode())


CELLS = st.one_of(
    st.none(),
    st.integers(),
    st.fixed_dictionaries(
        {"cell_type": st.sampled_from(["code", "code", "markdown", None])},
        optional={
            "source": st.one_of(
                st.none(),
                st.text(),
                st.lists(
                    st.one_of(
                        st.none(), st.sampled_from(["%time x\n", "!ls\n", "rearrange(x, 'a')\n", "x?\n", HEAD, "\r"])
                    )
                ),
            ),
        },
    ),
)


@campaign(0.1)
@given(st.lists(CELLS), st.sampled_from([None, 1, {}, {"kernelspec": 1}, {"kernelspec": {"language": "python"}}]))
def test_notebooks(cells: list[Any], metadata: Any) -> None:
    checked(json.dumps({"cells": cells, "metadata": metadata, "einops": 1}).encode(), "notebook.ipynb")


@campaign(0.1)
@given(st.integers(0), st.integers(0, 20), st.binary(max_size=4))
def test_broken_notebooks(start: int, length: int, inserted: bytes) -> None:
    data = json.dumps(
        {"cells": [{"cell_type": "code", "source": [HEAD, "rearrange(x, 'a')"]}], "metadata": {}}
    ).encode()
    start %= len(data)
    data = data[:start] + inserted + data[start + length :]
    try:
        checked(data, "notebook.ipynb")
    except (KeyError, TypeError):  # of `lines_of`, for a cell that lost its source
        check(data, "notebook.ipynb", SETTINGS)


def nested(opening: str, closing: str, inside: str = "x", depth: int = 5000) -> str:
    return opening * depth + inside + closing * depth


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(nested("(", ")"), id="brackets"),
        pytest.param(nested("[", "]", depth=90), id="lists"),
        pytest.param("-" * 9000 + "x", id="signs"),
        pytest.param("not " * 9000 + "x", id="negations"),
        pytest.param("x" + ".y" * 9000 + "(1)", id="attributes"),
        pytest.param("x" + "()" * 9000, id="calls of calls"),
        pytest.param("x" + "[0]" * 9000, id="items of items"),
        pytest.param("rearrange(x, " + " + ".join(["'a'"] * 9000) + ")", id="a sum of literals"),
        pytest.param("rearrange(x, " + "'a' " * 30_000 + ")", id="a concatenation of literals"),
        pytest.param("rearrange(x, '" + "a " * 200_000 + "')", id="a long pattern without arrow"),
        pytest.param(
            "rearrange(x, '" + " ".join(f"a{i}" for i in range(20_000)) + " -> a0')", id="a pattern of many axes"
        ),
        pytest.param("rearrange(x, '" + "$ " * 20_000 + " -> ')", id="a pattern of many errors"),
        pytest.param("rearrange(x, 'a -> a', " + ", ".join(f"a{i}=1" for i in range(5000)) + ")", id="many lengths"),
        pytest.param("np.einsum('" + ",".join(["ij"] * 20_000) + "', x)", id="an equation of many operands"),
        pytest.param("np.einsum('i', " + "x, " * 20_000 + ")", id="many operands"),
        pytest.param("P = 'a'\n" + "P = P + P\n" * 5000 + "rearrange(x, P)", id="a name bound many times"),
        pytest.param(
            "P0 = 'a'\n" + "".join(f"P{i} = P{i - 1}\n" for i in range(1, 5000)) + "rearrange(x, P4999)", id="a chain"
        ),
        pytest.param(
            "f0 = rearrange\n" + "".join(f"f{i} = f{i - 1}\n" for i in range(1, 5000)) + "f4999(x, 'a')", id="aliases"
        ),
        pytest.param("rearrange(x, 'a' if " + " if ".join(["c else 'b'"] * 800) + ")", id="many arms"),
        pytest.param("rearrange(x, 'a' if " + nested("(", ")", depth=90) + " else 'b')", id="a deep condition"),
        pytest.param("rearrange(x, 'a' if x" + "+x" * 3000 + " else 'b')", id="a long condition"),
        pytest.param(nested("rearrange(", ", 'a')", depth=90), id="calls in calls"),
        pytest.param(
            "".join(f"{' ' * i}if x:\n" for i in range(99)) + " " * 99 + "rearrange(x, 'a')", id="blocks in blocks"
        ),
        pytest.param(
            "".join(f"{' ' * i}def f():\n" for i in range(99)) + " " * 99 + "rearrange(x, 'a')", id="functions"
        ),
        pytest.param("if x: pass\n" + "elif x: pass\n" * 3000, id="branches"),
        pytest.param("x = " * 3000 + "rearrange", id="targets"),
        pytest.param("rearrange(x, 'a -> a', a=0x" + "f" * 9000 + ")", id="a number that Python does not print"),
        pytest.param("rearrange(x, 'a -> a', a=" + "9" * 9000 + ")", id="a number that Python does not read"),
        pytest.param("#" * 1_000_000 + "noqa", id="a long comment"),
        pytest.param("# noqa: " + "EIN1, " * 100_000, id="a long list of codes"),
        pytest.param("\n" * 200_000 + "rearrange(x, 'a')", id="many empty lines"),
        pytest.param("x\n" * 20_000 + "rearrange(x, 'a')  # noqa", id="many lines"),
    ],
)
def test_extremes(text: str) -> None:
    checked((HEAD + text + "\n").encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\n" * 200_000 + "from einops import *", id="many empty lines"),
        pytest.param("from a import " * 30_000 + "f", id="a line of many imports"),
        pytest.param("a, " * 50_000 + "f", id="a long tuple"),
        pytest.param("a" * 1_000_000 + " f", id="a long name"),
    ],
)
def test_extremes_of_other_files(tmp_path: Path, text: str) -> None:
    (tmp_path / "other.py").write_text(text, "utf-8")
    checked(b"from other import f\nf(x, 'a')  # einops\n", str(tmp_path / "module.py"))
