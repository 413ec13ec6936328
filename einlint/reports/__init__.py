"""Findings to text. A format is a module here with `render(linted, style)`, imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

from einlint.reports.styles import Style, plain
from einlint.session import Linted

FORMATS = ("text", "concise", "json", "github", "sarif")

FOR_PEOPLE = ("text", "concise")

Render = Callable[[Sequence[Linted], Style], Iterator[str]]


def render(output_format: str, linted: Sequence[Linted], style: Style = plain) -> Iterator[str]:
    """The report in pieces that only need to be written one after the other."""
    renderer: Render = import_module(f"einlint.reports.{output_format}").render
    return renderer(linted, style)


def summary(linted: Sequence[Linted]) -> str:
    """What ruff says last, under the formats for people."""
    count = sum(len(file.findings) for file in linted)
    return f"Found {count} error{'s' * (count > 1)}.\n" if count else "All checks passed!\n"
