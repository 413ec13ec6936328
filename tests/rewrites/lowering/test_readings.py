"""How lowered code reads, for common calls, and that it is proved to be the same."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any, get_args

import pytest

from einlint.rewrites.lowering import Style
from einlint.rewrites.rewrite import Refusal
from einlint.verification.question import parse_question
from einlint.verification.symbolic import prove, undescribed
from tests.rewrites.lowering.calls import Call, Framework, call

READINGS = json.loads(Path(__file__).with_name("readings.json").read_text("utf-8"))
CASES = [(reading["call"], framework, reading[framework]) for reading in READINGS for framework in get_args(Framework)]
each_case = pytest.mark.parametrize(("text", "framework", "code"), CASES)


def read(text: str, framework: Framework) -> Call:
    """The call; an einsum whose equation comes first is that of the framework."""
    prefix = "torch." if framework == "torch" else "np."
    return call(prefix + text if text.startswith("einsum('") else text)


@each_case
def test_reads(text: str, framework: Framework, code: str | None) -> None:
    """As `readings.json` says; null is a refusal."""
    style = Style(framework)
    if code is None:
        with pytest.raises(Refusal):
            read(text, framework).lowered(style)
        return
    lowered = read(text, framework).lowered(style)
    assert lowered.expression == code
    names = [node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)]
    modules = {"torch", "F", "np", "math"}
    assert sorted(name for name in names if name not in modules) == sorted(_roots(lowered.uses))
    assert {name for name in names if name in modules} == lowered.needs


def _roots(uses: Any) -> list[str]:
    return [text.partition(".")[0] for text in uses]


@each_case
def test_is_proved(text: str, framework: Framework, code: str | None) -> None:
    """Of results that are no tensors, a part is."""
    if code is None:
        return
    known = read(text, framework)
    fields = known.question(code, framework)
    part = {"pack": "[0]", "parse_shape": "['b'] * x"}.get(known.function, "")
    question = parse_question({**fields, "a": fields["a"] + part, "b": fields["b"] + part})
    assert undescribed(question) is None
    assert prove(question)
