"""What is printed on a terminal or into a pipe."""

from __future__ import annotations

import io
import sys

import click


def echo(text: str, err: bool = False) -> None:
    """Print, whatever the stream can encode."""
    stream = sys.stderr if err else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    click.echo(text, nl=False, color=True, err=err)
