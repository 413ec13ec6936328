"""`--select EIN61 --fix` on a text, with proofs as the judge, as tests of single cases need it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from einlint.fixes import Answer, Fixed, fix
from einlint.registry import rules
from einlint.settings import Settings
from einlint.verification.question import parse_question
from einlint.verification.symbolic import prove

SETTINGS = Settings(frozenset(code for code in rules() if code.startswith("EIN61")))


def proves(question: Mapping[str, Any]) -> Answer:
    """Whether a rewrite is proved; workers are too slow to start for every case."""
    return Answer("proved" if prove(parse_question(question)) else "unknown")


def run(text: str, judge: Any = proves, unsafe: bool = False, path: str = "model.py") -> Fixed:
    """The text after a run that a second one does not change."""
    first = fix(text.encode(), path, SETTINGS, judge, unsafe)
    again = fix(first.data, path, SETTINGS, judge, unsafe)
    assert again.data == first.data, "a second run changes nothing"
    if not path.endswith(".ipynb"):
        ast.parse(first.data)
    return first


def ejected(text: str, judge: Any = proves, unsafe: bool = False) -> str:
    """The new text."""
    return run(text, judge, unsafe).data.decode()


def reasons(text: str) -> list[str]:
    """Why calls are left alone."""
    return [finding.unfixed for finding in run(text).left]
