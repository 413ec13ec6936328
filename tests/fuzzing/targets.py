"""What is fuzzed: for each target, bytes in and no surprise out."""

from __future__ import annotations

import contextlib
import json
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from einlint import baseline, config, globs, notebooks
from einlint import store as stores
from einlint.claims.comments import read_comment
from einlint.claims.docstrings import read_docstring
from einlint.claims.shapes import read_shape, read_words
from einlint.claims.sizes import NotASize, read_size
from einlint.claims.strings import read_jaxtyping, read_nptyping
from einlint.literals import literal_characters
from einlint.patterns import expressions
from einlint.patterns.dialects import Dialect
from einlint.patterns.equations import parse_equation
from einlint.selection import Selection
from einlint.source import split_lines
from einlint.suppressions import suppressions
from einlint.verification import symbolic
from einlint.verification.expressions import Refused
from einlint.verification.problems import QuestionError
from einlint.verification.question import parse_question
from tests.test_robustness import FILES, HEAD, checked, choices

ROOT = Path(__file__).parents[2]
TENSORS = {"x": ["a", "b"], "y": ["b", "c"]}
SIZES = {"a": 2, "b": 3, "c": 4}


@dataclass(frozen=True)
class Target:
    """One function under test, bytes that it starts from, and words that it may put in."""

    run: Callable[[bytes], object]
    seeds: list[str]
    words: list[str]


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def patterns(data: bytes) -> None:
    text = text_of(data)
    found = [
        expressions.parse_arrow(text),
        expressions.parse_axes(text),
        expressions.parse_axes(text, underscore=True),
        expressions.parse_shape_pattern(text),
        expressions.parse_einops_einsum(text),
        *(expressions.parse_pack(text, function) for function in ("pack", "unpack")),
        *(parse_equation(text, dialect) for dialect in Dialect),
    ]
    for pattern in found:
        for problem in pattern.problems:
            assert 0 <= problem.start <= problem.end <= max(len(text), problem.start), problem


def claims(data: bytes) -> None:
    text = text_of(data)
    for line in split_lines(text):
        read_comment(line, 1, line.find("#") + 1)
    read_docstring(text)
    read_shape(text)
    read_shape(text, sure=True, bare=True)
    read_words(text)
    read_jaxtyping(text)
    read_nptyping(text)
    suppressions(split_lines(text))
    with contextlib.suppress(NotASize):
        read_size(text)


def files(data: bytes) -> None:
    checked(data + b"\n# einops")


def cells(data: bytes) -> None:
    checked(data + b" " * (b"einops" not in data), "notebook.ipynb")
    with contextlib.suppress(ValueError):
        notebooks.read_notebook(data)


def configuration(data: bytes) -> None:
    for content in (data, b"[tool.einlint]\n" + data):
        try:
            found = config.parse(content, "/nowhere/pyproject.toml")
            if found is not None:
                Selection(config.Overrides()).settings_of("/nowhere/a.py", found)
        except config.ConfigError:
            pass


def ignoring(data: bytes) -> None:
    lines = text_of(data).split("\n")
    for line in lines:
        globs.problem(line)
        with contextlib.suppress(ValueError):  # braces that stand for too many
            for one in globs.expand(line):
                globs.is_plain(one)
    usable = [one for one in lines if globs.problem(one) is None]
    globs.Globs("/root", usable).take("/root/a/b.py")
    globs.IgnoreFiles("/root", usable).below("/root/a", usable).take("/root/a/b", folder=True)


def questions(data: bytes) -> None:
    """The prover, and with it all that reads expressions and evaluates them on symbols."""
    a, _, b = text_of(data).partition("\n")
    try:
        question = parse_question({"tensors": {"x": "a b", "y": "b c"}, "a": a, "b": b or a})
        symbolic.prove(question)
        symbolic.undescribed(question)
    except (Refused, QuestionError):
        pass


@cache
def worker() -> Any:
    """The interpreter, sealed as in its own process but for the limits, which the fuzzer needs exceeded."""
    from einlint.verification import worker

    one = worker.Worker("cpu")
    one.prepare()
    sys.addaudithook(worker._audit)
    return one


def interpreter(data: bytes) -> None:
    """The interpreter with real torch. What an expression must not do is refused before it is tried."""
    a, _, b = text_of(data).partition("\n")
    pair = {"tensors": TENSORS, "a": a, "b": b or a, "framework": "torch", "dtypes": {}, "mutates": False}
    cases = [[SIZES, "fine", 0], [{"a": 1, "b": 1, "c": 1}, "full", 1]]
    for action in ("compare", "gradient"):
        reply = json.dumps(worker().answer({"do": action, "pair": pair, "cases": cases, "strict": False}))
        assert "which is not allowed" not in reply, reply


def literals(data: bytes) -> None:
    """Places in a string literal, and what the literal says there."""
    import ast

    text = text_of(data).replace("\0", "")
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        from einlint.source import Source

        source = Source("a.py", split_lines(text), ast.Module([], []))
        characters = literal_characters(source.lines, source.span(node))
        assert characters is None or len(characters) == len(node.value) or "\\N" in text, (characters, node.value)


def values(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.db")
        one = stores.Store(str(path))
        one.put(b"1", b"value")
        one.save()
        one.close()
        content = bytearray(path.read_bytes())
        for place, byte in zip(data[::2], data[1::2], strict=False):
            content[place * len(content) // 256 + byte % 16] = byte
        path.write_bytes(content[: len(content) - len(data) % 7 * 512])
        two = stores.Store(str(path))
        assert two.get(b"1") in (None, b"value")
        two.put(b"2", b"other")
        two.save()
        two.close()
        three = stores.Store(str(path))
        assert three.get(b"2") in (None, b"other")
        three.close()


def known(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        with contextlib.suppress(config.ConfigError):
            baseline.read(file.name)


def _pages(language: str) -> list[str]:
    pages = [path.read_text("utf-8") for path in sorted((ROOT / "einlint" / "rules").glob("*.md"))]
    return [text for page in pages for text in re.findall(rf"```{language}[^\n]*\n(.*?)```", page, re.DOTALL)]


PATTERNS = sorted({text for page in _pages("python") for text in re.findall(r"[\"']([^\"'\n]{2,60})[\"']", page)})
EXPRESSIONS = [
    *sorted({json.loads(line)[side] for line in (ROOT / "fixtures" / "mamba_rewrites.jsonl").open() for side in "ab"}),
    "x.sum(0)\ntorch.sum(x, dim=0)",
    "rearrange(x, 'a b -> b a')\nx.t()",
    "torch.cat([x, x], -1)[..., :3]",
    "x @ y",
]
SIGNS = "-> ( ) [ ] ... , . : * 1 _ a b c # ? = + // {{ }} … ' \" \\ \\n é 𝔘 · ' '".split()
CODE = ["rearrange(x, ", "reduce(", "repeat(", "np.einsum(", "einsum(", "lambda x: ", "def f(", "x.shape", "# (b, n)"]
TORCH = (
    "torch. F. np. .reshape( .view( .permute( .sum( dim=-1 keepdim=True einsum( cat( stack( [None] [..., 0] x y".split()
)

TARGETS = {
    "patterns": Target(patterns, PATTERNS, SIGNS),
    "claims": Target(
        claims, [*PATTERNS, *(page[:500] for page in _pages("python"))], [*SIGNS, "Float[Tensor, ", "-> "]
    ),
    "files": Target(
        files,
        [*(HEAD + page for page in _pages("python")), *(text[:3000] for text in FILES)],
        [*SIGNS, *CODE, *choices("")],
    ),
    "cells": Target(cells, [json.dumps({"cells": [{"cell_type": "code", "source": [HEAD, "%time x\n!ls\n"]}]})], SIGNS),
    "configuration": Target(
        configuration,
        ["select = ['EIN1']\nper-file-ignores = {'a*.py' = ['ALL']}\naliases = {'a.b' = 'einops.rearrange'}\n"],
        ["exclude", "extend-select", "ignore", "targets", "cache", "cache-dir", "[", "]", "{", "}", "=", "'", '"', "#"],
    ),
    "ignoring": Target(
        ignoring, ["*.py\n!a/b.py\n/a/**\n{a,b}/[a-z]?.py\n\\#x\n"], ["**", "{", ",", "}", "[!", "]", "!", "/"]
    ),
    "questions": Target(questions, EXPRESSIONS, [*SIGNS, *TORCH]),
    "interpreter": Target(interpreter, EXPRESSIONS, [*SIGNS, *TORCH]),
    "literals": Target(
        literals,
        ["'a b -> b a'", "r'\\n'", "'''a\n\\x41\\u00e9\\N{DASH}'''", "'a' 'b'"],
        ["\\", "'", '"', "\\N{", "\\x"],
    ),
    "values": Target(values, ["\x01\x02\x03\x04"], ["\0"]),
    "known": Target(known, ['{"version": 1, "findings": {"a.py": [{"code": "E", "line": "x", "count": 1}]}}'], SIGNS),
}
