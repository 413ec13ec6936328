"""The pages of the rules as data: their sections and code blocks, and what einlint finds in a block."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import einlint.rules
from einlint.checking import check
from einlint.findings import Finding
from einlint.registry import Rule, rules
from einlint.settings import Settings

FOLDER = Path(einlint.rules.__path__[0])
EXAMPLE = "Example"
REQUIRED = ("What it does", "Why is this bad", EXAMPLE, "Use instead", "Not reported")
OPTIONAL = ("Fix safety", "References")

_PART = re.compile(r"^## (?P<heading>[^\n]+)$|^```(?P<info>\w[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_NOWHERE = "/nowhere/example.py"


@dataclass(frozen=True, slots=True)
class Block:
    """A code block. `info` follows its opening fence; `start` and `end` are offsets of its text in the page."""

    section: str
    info: str
    text: str
    start: int
    end: int

    @property
    def is_python(self) -> bool:
        return self.info.split()[0] == "python"

    @property
    def runs(self) -> bool:
        """Whether it can be run: what needs a library that the tests do without is marked `no-run`."""
        return self.is_python and "no-run" not in self.info

    @property
    def targets(self) -> tuple[str, ...]:
        """The targets that it is checked for: `target=tensorrt`."""
        return tuple(word.removeprefix("target=") for word in self.info.split() if word.startswith("target="))


class Case(NamedTuple):
    """A Python block of a page. `shown` is the block right after it, if that holds findings."""

    rule: Rule
    block: Block
    shown: Block | None
    name: str


def sections(page: str) -> dict[str, str]:
    """The text under each heading, in order."""
    headings = [part for part in _PART.finditer(page) if part["heading"]]
    ends = [*(part.start() for part in headings[1:]), len(page)]
    return {part["heading"]: page[part.end() : end] for part, end in zip(headings, ends, strict=True)}


def blocks(page: str) -> Iterator[Block]:
    """Every code block, in order."""
    section = ""
    for part in _PART.finditer(page):
        if part["heading"]:
            section = part["heading"]
        else:
            yield Block(section, part["info"], part["text"], *part.span("text"))


def cases() -> list[Case]:
    """Every Python block of every page that exists."""
    return [case for rule in rules().values() if _path(rule).exists() for case in _cases(rule, rule.page)]


def _cases(rule: Rule, page: str) -> Iterator[Case]:
    found = [*blocks(page), None]
    numbers = Counter[str]()
    for block, after in pairwise(found):
        assert block is not None
        if block.is_python:
            numbers[block.section] += 1
            shown = after if after and (after.section, after.info) == (block.section, "text") else None
            yield Case(rule, block, shown, f"{rule.name}/{block.section.replace(' ', '-')}-{numbers[block.section]}")


def findings(rule: Rule, block: Block) -> tuple[Finding, ...]:
    """What the default rules and this one find in a block."""
    enabled = frozenset(r.code for r in rules().values() if r.default) | {rule.code}
    return check(block.text.encode(), _NOWHERE, Settings(enabled, targets=block.targets)).findings


def rendered(found: tuple[Finding, ...], code: str) -> str:
    """Findings as the pages show them."""
    return "\n".join(_rendered(finding, code.splitlines()) for finding in found)


def _rendered(finding: Finding, lines: list[str]) -> str:
    (row, column), end = finding.span
    line = lines[row - 1]
    stop = end.column - 1 if end.row == row else len(line)
    before = re.sub(r"[^\t]", " ", line[: column - 1])
    carets = "^" * max(stop - column + 1, 1)
    return f"{row}:{column} {finding.code} {finding.message}\n    {line}\n    {before}{carets}\n"


def update() -> list[Path]:
    """Make the pages show what is found; the ones that changed."""
    changed = []
    for rule in rules().values():
        path = _path(rule)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = _updated(rule, before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            changed.append(path)
    return changed


def _updated(rule: Rule, page: str) -> str:
    for case in reversed([*_cases(rule, page)]):
        if case.block.section != EXAMPLE:
            continue
        text = rendered(findings(rule, case.block), case.block.text)
        if case.shown:
            page = page[: case.shown.start] + text + page[case.shown.end :]
        else:
            after = case.block.end + len("```\n")
            page = f"{page[:after]}\n```text\n{text}```\n{page[after:]}"
    return page


def _path(rule: Rule) -> Path:
    return FOLDER / f"{rule.name}.md"
