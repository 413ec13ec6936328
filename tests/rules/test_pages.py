"""The pages are true: each example has exactly the findings it shows and fails when it runs, all other code is clean.

`pytest --update` makes the pages show what is found now.
"""

from __future__ import annotations

import ast
import re

import pytest
from einops.einops import _reconstruct_from_shape

from einlint.findings import Finding, Position, Span
from einlint.registry import Rule, rules
from tests.rules.pages import (
    EXAMPLE,
    FOLDER,
    OPTIONAL,
    REQUIRED,
    Block,
    Case,
    blocks,
    cases,
    findings,
    rendered,
    sections,
)

CASES = cases()
_QUOTE = re.compile(r"(?P<ticks>`+)(?P<type>\w+(?:Error|Exception))(?:: (?P<text>.+?))?(?P=ticks)")


def named(chosen: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in chosen])


def raises(rule: Rule) -> bool:
    """Whether what a rule reports fails when it runs: wrong data, exports, simplifications and rewrites do not."""
    return not rule.code.startswith(("EIN3", "EIN4", "EIN6"))


each_rule = pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in rules().values()])
each_example = named([case for case in CASES if case.block.section == EXAMPLE])
each_failing = named(
    [case for case in CASES if case.block.section == EXAMPLE and case.block.runs and raises(case.rule)]
)
each_clean = named([case for case in CASES if case.block.section != EXAMPLE])
each_running = named(
    [case for case in CASES if case.block.runs and not (case.block.section == EXAMPLE and raises(case.rule))]
)


@each_example
def test_an_example_shows_what_is_found(case: Case) -> None:
    found = findings(case.rule, case.block)
    assert {finding.code for finding in found} == {case.rule.code}
    assert case.shown is not None, "a ```text block must follow"
    assert case.shown.text == rendered(found, case.block.text), "run pytest --update"


@each_clean
def test_other_code_is_clean(case: Case) -> None:
    assert rendered(findings(case.rule, case.block), case.block.text) == ""


@each_failing
def test_the_statements_with_findings_are_those_that_raise(case: Case) -> None:
    rows = {finding.span.start.row for finding in findings(case.rule, case.block)}
    failures = run(case.block)
    statements = ast.parse(case.block.text).body
    assert list(failures) == [s.lineno for s in statements if rows & {*range(s.lineno, (s.end_lineno or 0) + 1)}]
    quotes = quoted_errors(case.rule)
    unquoted = [error for error in failures.values() if not any(tells_of(quote, error) for quote in quotes)]
    assert not unquoted, "the page says something else"


@each_running
def test_other_code_runs(case: Case) -> None:
    assert run(case.block) == {}


def run(block: Block) -> dict[int, Exception]:
    """Run the statements of a block one by one; what those that failed raised, by row."""
    _reconstruct_from_shape.cache_clear()  # it takes 2.0 for 2, so the float of an example would come back elsewhere
    namespace: dict[str, object] = {"__name__": "example"}
    failures: dict[int, Exception] = {}
    for statement in ast.parse(block.text).body:
        try:
            exec(compile(ast.Module([statement], []), block.section, "exec"), namespace)
        except (ImportError, NameError):
            raise
        except Exception as error:
            failures[statement.lineno] = error
    return failures


def quoted_errors(rule: Rule) -> list[tuple[str, str]]:
    """The exceptions that a page tells of: type and message, where ` ... ` stands for anything."""
    reasons = " ".join(sections(rule.page)["Why is this bad"].split())
    return [(quote["type"], quote["text"] or "...") for quote in _QUOTE.finditer(reasons)]


def tells_of(quote: tuple[str, str], error: Exception) -> bool:
    name, text = quote
    parts = [re.escape(part) for part in f" {text} ".split(" ... ")]
    return name == type(error).__name__ and bool(re.fullmatch(".*".join(parts), f" {' '.join(str(error).split())} "))


@each_rule
def test_a_page_is_complete(rule: Rule) -> None:
    page = rule.page
    assert page.startswith("## ") and page.endswith("\n"), "the header is generated"
    assert [heading for heading in sections(page) if heading not in OPTIONAL] == [*REQUIRED]
    assert all(text.strip() for text in sections(page).values())
    shown_in = {block.section for block in blocks(page) if block.is_python}
    assert shown_in >= {EXAMPLE, "Use instead", "Not reported"} or needs_no_python(page)


def needs_no_python(page: str) -> bool:
    """Whether the example is what a command prints: no Python file can show it."""
    return any(block.info == "console" and block.section == EXAMPLE for block in blocks(page))


@each_rule
def test_a_rule_is_one_file_named_after_it(rule: Rule) -> None:
    snake = rule.name.replace("-", "_")
    assert rule.check.__name__ == snake
    assert rule.check.__module__ == f"einlint.rules.{snake}"


@each_rule
def test_a_rule_is_well_formed(rule: Rule) -> None:
    assert re.fullmatch(r"EIN\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert rule.check.__doc__ == rule.summary
    assert re.fullmatch(r"[A-Z`].*[^.]\.", rule.summary) and ". " not in rule.summary


def test_a_span_of_several_rows_is_underlined_to_the_end_of_the_first() -> None:
    finding = Finding("EIN000", "name", "text", Span(Position(1, 3), Position(2, 2)))
    assert rendered((finding,), "a bcd\nef\n") == "1:3 EIN000 text\n    a bcd\n      ^^^\n"


def test_every_file_belongs_to_one_rule() -> None:
    names = [rule.name for rule in rules().values()]
    modules = [name.replace("-", "_") for name in names]
    assert len(set(names)) == len(names)
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted(names)
    assert sorted(path.stem for path in FOLDER.glob("*.py")) == sorted([*modules, "__init__"])
