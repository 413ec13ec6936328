"""`einlint explain`: the shapes that inference sees on a line, and why."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from einlint.calls import CallFinder
from einlint.config import ConfigError, closest
from einlint.options import Wrong
from einlint.reports.places import printable, shown
from einlint.source import Source, read

if TYPE_CHECKING:
    from einlint.shapes.explanation import Explained, Inferred, NamedAxis


@click.command(short_help="Print the shapes that are inferred on a line, and why.")
@click.option("--at", required=True, metavar="FILE:LINE", help="The line to explain.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(at: str, output_format: str) -> None:
    """Print what is inferred of every name and tensor on a line of a Python file, and where it was learned.

    Dimensions are written as in a pattern: `b n (h=8 d=64)` has three dimensions, and the last one, of 512, is made of
    an axis `h` of length 8 and an axis `d` of length 64. An axis without a name is written as its length.

    Exit codes: 0 something is said, 2 wrong usage, or nothing to say.
    """
    path, row = _place(at)
    source = _source(path)
    count = len(source.lines) - (source.lines[-1] == "")
    if not 1 <= row <= count:
        raise Wrong(f"`{shown(path)}` has {count} lines, and no line {row}")
    found = _explained(source, row)
    if not found:
        raise Wrong(f"nothing is computed on line {row} of `{shown(path)}`, or it is never reached")
    if output_format == "json":
        click.echo(json.dumps([_as_json(each) for each in found], indent=2))
    else:
        click.echo(f"{shown(path)}:{row}\n{printable(source.lines[row - 1].rstrip())}")
        click.echo("\n".join(line for each in found for line in _as_text(each)))


def _place(at: str) -> tuple[str, int]:
    path, _, row = at.rpartition(":")
    if not path or not row.isdecimal():
        raise click.UsageError(f"expected FILE:LINE, found `{at}`")
    return os.path.abspath(path), int(row)


def _source(path: str) -> Source:
    if path.endswith(".ipynb"):
        raise Wrong("`explain` reads Python files, not notebooks")
    try:
        with open(path, "rb") as file:
            source = read(file.read(), path)
    except OSError as error:
        raise Wrong(f"cannot read `{shown(path)}`: {error.strerror}") from None
    if not isinstance(source, Source):
        raise Wrong(f"cannot read `{shown(path)}`: {printable(source.message)}")
    return source


def _explained(source: Source, row: int) -> list[Explained]:
    from einlint.shapes.explanation import explained

    try:
        aliases = closest(os.path.dirname(source.path)).aliases
    except ConfigError as error:
        raise Wrong(printable(str(error))) from None
    finder = CallFinder(source, dict(aliases))
    return explained(finder, finder.calls(), row)


def _as_text(explained: Explained) -> Iterator[str]:
    yield f"\ncolumn {explained.span.start.column}: `{explained.expression}`"
    for value in explained.values:
        yield f"    {value.text}{_context(value)}"
        if value.axes is not None:
            yield f"        rank {len(value.axes)}: {pattern(value.axes)}" if value.axes else "        rank 0"
        if value.origin is not None:
            yield f"        {value.origin.how} at line {value.origin.row}"


def _context(value: Inferred) -> str:
    """The calls that led there."""
    return f", called at line {' and '.join(map(str, value.calls))}" if value.calls else ""


def pattern(axes: Sequence[Sequence[NamedAxis]]) -> str:
    """Dimensions as einops writes them: `b n (h=8 d=64)`."""
    return " ".join(_dimension(dimension) for dimension in axes)


def _dimension(axes: Sequence[NamedAxis]) -> str:
    words = [axis.size if axis.name in ("", axis.size) else f"{axis.name}={axis.size}" for axis in axes]
    return words[0] if len(words) == 1 else f"({' '.join(words)})" if words else "1"


def _as_json(explained: Explained) -> dict[str, Any]:
    start, end = explained.span
    return {
        "expression": explained.expression,
        "row": start.row, "column": start.column, "end_row": end.row, "end_column": end.column,
        "values": [_value_as_json(value) for value in explained.values],
    }  # fmt: skip


def _value_as_json(value: Inferred) -> dict[str, Any]:
    fields = asdict(value)
    axes = None if value.axes is None else [[axis._asdict() for axis in dimension] for dimension in value.axes]
    origin = None if value.origin is None else value.origin._asdict()
    return fields | {"rank": None if axes is None else len(axes), "axes": axes, "origin": origin}
