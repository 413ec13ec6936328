"""Findings to text. A format is a module here with `render(linted, style)`, imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

from einlint.findings import Safety
from einlint.reports.styles import Style, plain
from einlint.session import Linted

FORMATS = ("text", "concise", "json", "github", "sarif")

FOR_PEOPLE = ("text", "concise")

Render = Callable[[Sequence[Linted], Style], Iterator[str]]


def render(output_format: str, linted: Sequence[Linted], style: Style = plain) -> Iterator[str]:
    """The report in pieces that only need to be written one after the other."""
    renderer: Render = import_module(f"einlint.reports.{output_format}").render
    return renderer(linted, style)


def summary(linted: Sequence[Linted], fixed: int = 0, verified: bool = False) -> str:
    """What ruff says last, under the formats for people; `verified` when fixes were built and judged."""
    left = sum(len(file.findings) for file in linted)
    count = left + fixed
    if not count:
        return "All checks passed!\n"
    changed = f" ({fixed} fixed, {left} remaining)" if fixed else ""
    return f"Found {count} error{'s' * (count > 1)}{changed}.\n{_fixable(linted, verified)}"


def _fixable(linted: Sequence[Linted], verified: bool) -> str:
    """How many of the findings have a fix; before it is verified, how many may have one."""
    found = [finding for file in linted for finding in file.findings]
    fixes = [finding.fix if verified else finding.intent for finding in found]
    kinds = [fix.safety for fix in fixes if fix is not None]
    safe = kinds.count(Safety.SAFE)
    hidden = len(kinds) - safe
    if not kinds:
        return ""
    more = f"{hidden} hidden fix{'es' * (hidden > 1)} can be enabled with the `--unsafe-fixes` option"
    if not safe:
        return f"No fixes available ({more}).\n"
    return f"[*] {safe} fixable with the `--fix` option{f' ({more})' if hidden else ''}.\n"
