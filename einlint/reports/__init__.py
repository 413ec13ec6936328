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


def summary(linted: Sequence[Linted], fixed: int = 0) -> str:
    """What ruff says last, under the formats for people."""
    left = sum(len(file.findings) for file in linted)
    count = left + fixed
    if not count:
        return "All checks passed!\n"
    changed = f" ({fixed} fixed, {left} remaining)" if fixed else ""
    return f"Found {count} error{'s' * (count > 1)}{changed}.\n{_fixable(linted)}"


def _fixable(linted: Sequence[Linted]) -> str:
    """How many of the findings a fix is known for; it is verified before it is applied."""
    intents = [finding.intent for file in linted for finding in file.findings if finding.intent is not None]
    safe = sum(intent.safety is Safety.SAFE for intent in intents)
    hidden = len(intents) - safe
    if not intents:
        return ""
    more = f"{hidden} hidden fix{'es' * (hidden > 1)} can be enabled with the `--unsafe-fixes` option"
    if not safe:
        return f"No fixes available ({more}).\n"
    return f"[*] {safe} fixable with the `--fix` option{f' ({more})' if hidden else ''}.\n"
