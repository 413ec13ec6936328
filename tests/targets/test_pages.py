"""What the pages of the rules about targets show as fixed is what `--fix` makes of their examples."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from einlint.fixes import fix
from einlint.judging import Verifier
from einlint.registry import PORTABILITY, matching
from einlint.settings import Settings
from tests.rules.pages import EXAMPLE, Case, cases

PAGES = [case for case in cases() if case.rule.code.startswith(PORTABILITY)]
EXAMPLES = {case.rule.code: case for case in reversed(PAGES) if case.block.section == EXAMPLE}
FIXED = [case for case in PAGES if case.block.section == "Fix safety"]


@pytest.fixture(scope="module")
def judge() -> Iterator[Verifier]:
    with Verifier("cpu") as verifier:
        yield verifier


@pytest.mark.parametrize("case", FIXED, ids=lambda case: case.rule.name)
def test_the_fix_that_a_page_shows_is_made(case: Case, judge: Verifier) -> None:
    example = EXAMPLES[case.rule.code].block
    assert example.targets == case.block.targets
    settings = Settings(matching(case.rule.code), targets=example.targets)
    after = fix(example.text.encode(), "/nowhere/example.py", settings, judge, unsafe=True).data.decode()
    assert statements(case.block.text) <= statements(after)
    assert statements(case.block.text) - statements(example.text)


def statements(code: str) -> set[str]:
    return {ast.unparse(statement) for statement in ast.parse(code).body}


def test_every_rule_whose_example_is_fixed_shows_it() -> None:
    unmended = {"einmix-einsum", "half-output", "unexported-function"}
    assert {case.rule.name for case in FIXED} == {case.rule.name for case in PAGES} - unmended
