"""The rules: one decorator registers them, one table holds them, selectors choose among them.

`rules` are those of the generated table: the module of a rule is imported when there is something to check.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from einlint.findings import Finding, Report
from einlint.lazily import cached, dataclass
from einlint.marks import Aliases, Marks
from einlint.rule_table import RULES

Check = Callable[[Any], Iterator[Report]]
C = TypeVar("C", bound=Check)

PORTABILITY = "EIN4"
"""What the codes begin with that say nothing where no target is configured."""

SILENT = "EIN3"
"""What the codes begin with that report plain code, too."""


@dataclass(frozen=True)
class Rule:
    """A registered rule. `subject` is the name of the type that its check receives."""

    code: str
    name: str
    subject: str
    default: bool

    @cached
    def check(self) -> Check:
        """What yields the reports of a subject."""
        function = self.name.replace("-", "_")
        check: Check = getattr(importlib.import_module(f"einlint.rules.{function}"), function)
        return check

    @property
    def summary(self) -> str:
        """What the rule reports, in one sentence."""
        return (self.check.__doc__ or "").strip().splitlines()[0]

    @property
    def page(self) -> str:
        """The rule's Markdown page, which is also its test."""
        with open(os.path.join(os.path.dirname(__file__), "rules", f"{self.name}.md"), encoding="utf-8") as file:
            return file.read()

    @property
    def titled_page(self) -> str:
        """The page under a title: name, code, summary and whether the rule is on by default."""
        return f"# {self.name} ({self.code})\n\n{self.summary} {self.when.capitalize()}.\n\n{self.page}"

    @property
    def when(self) -> str:
        """When the rule is on, as the end of `It is ...`."""
        if self.code.startswith(PORTABILITY):
            return "on for the configured targets"
        return "on by default" if self.default else "off by default"

    def findings(self, subject: object) -> Iterator[Finding]:
        """What the check reports of one subject."""
        for report in self.check(subject):
            yield Finding(self.code, self.name, report.message, report.span, report.related, intent=report.intent)


def marks_of(aliases: Aliases, enabled: frozenset[str], targets: Sequence[str]) -> Marks:
    """What a file must hold for these rules and targets."""
    return Marks(aliases, any(code.startswith(SILENT) for code in enabled), bool(targets))


class UnknownSelector(ValueError):
    """A selector that names no rule; the message says which and suggests the nearest."""


_REGISTERED: dict[str, Rule] = {}


def rule(code: str, name: str, *, subject: type, default: bool = True) -> Callable[[C], C]:
    """Register a check that receives one `subject` at a time; its docstring is the one-line summary."""

    def register(check: C) -> C:
        assert code not in _REGISTERED, f"{code} is registered twice"
        _REGISTERED[code] = Rule(code, name, subject.__name__, default)
        return check

    return register


@cache
def rules() -> dict[str, Rule]:
    """Every rule by code, in the order of the codes."""
    return {row[0]: Rule(*row) for row in RULES}


def registered() -> list[Rule]:
    """What the files of the rules say, from which the table is made."""
    import pkgutil

    package = importlib.import_module("einlint.rules")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"einlint.rules.{module.name}")
    return [rule for _, rule in sorted(_REGISTERED.items())]


def find_rule(text: str) -> Rule:
    """The one rule with this code or name. Raises UnknownSelector."""
    for candidate in rules().values():
        if text in (candidate.code, candidate.name):
            return candidate
    raise UnknownSelector(_unknown(text, "rule"))


def matching(selector: str) -> frozenset[str]:
    """Codes that a code, a prefix of codes, a rule name or `ALL` stands for. Raises UnknownSelector."""
    if selector == "ALL":
        return frozenset(rules())
    prefixed = selector.startswith("EIN")
    found = frozenset(
        r.code for r in rules().values() if selector == r.name or prefixed and r.code.startswith(selector)
    )
    if not found:
        raise UnknownSelector(_unknown(selector, "rule, code or prefix"))
    return found


def enabled_codes(
    select: Iterable[str] | None, extend_select: Iterable[str] = (), ignore: Iterable[str] = ()
) -> frozenset[str]:
    """Codes that are on. As in ruff, a longer (more exact) selector wins over a shorter one.

    `select=None` stands for the default rules. Raises UnknownSelector.
    """
    levels = dict.fromkeys((c for c, r in rules().items() if r.default and select is None), 0)
    for selector in (*(select or ()), *extend_select):
        for code in matching(selector):
            levels[code] = max(levels.get(code, 0), _exactness(selector))
    for selector in ignore:
        for code in matching(selector):
            if levels.get(code, -1) <= _exactness(selector):
                levels.pop(code, None)
    return frozenset(levels)


def _exactness(selector: str) -> int:
    if selector == "ALL":
        return 0
    return len(selector) if selector.startswith("EIN") else len("EIN000")


def _unknown(text: str, what: str) -> str:
    from einlint.axes import did_you_mean

    return f"unknown {what} `{text}`{did_you_mean(text, [rule.name for rule in rules().values()])}"
