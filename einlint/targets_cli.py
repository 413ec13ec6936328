"""`einlint targets`: which call each export target takes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from einlint.config import ConfigError, Overrides
from einlint.discovery import Discovery
from einlint.failures import Unavailable
from einlint.options import Wrong, target_option
from einlint.reports.places import printable, shown
from einlint.selection import Selection
from einlint.settings import Settings

if TYPE_CHECKING:
    from einlint.fixes import Judge
    from einlint.portability import Use

DEFAULT = ("onnx", "onnxruntime", "tensorrt", "openvino", "coreml")


@click.command(short_help="Print which call each export target takes, and why not.")
@click.argument("paths", nargs=-1)
@target_option
@click.option("--no-fixes", is_flag=True, help="Do not try which calls would be taken after --fix.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--isolated", is_flag=True, help="Ignore every pyproject.toml.")
def targets(
    paths: tuple[str, ...], targets: tuple[str, ...], no_fixes: bool, output_format: str, isolated: bool
) -> None:
    """Print a matrix of the calls in files and folders and of export targets, with the reason of each "no".

    Targets are those of --target, else the configured ones, else onnx, onnxruntime, tensorrt, openvino and coreml.
    What they take after --fix is tried where torch is installed, which runs both versions of each call.

    A call that raises wherever it runs (EIN0xx, EIN1xx and EIN2xx) is "broken": no target takes it.

    Exit codes: 0 every target takes every call, 1 some call is not taken or some path cannot be read, 2 wrong usage or
    configuration.
    """
    from einlint.reports import matrix

    try:
        discovery = Discovery(isolated=isolated)
        files, names = _files(discovery, paths or (".",), Overrides(targets=targets or None))
    except ConfigError as error:
        raise Wrong(printable(str(error))) from None
    with _judge(no_fixes) as judge:
        found = [use for path, settings in files for use in _uses(path, replace(settings, targets=names), judge)]
    render = matrix.as_json if output_format == "json" else matrix.as_text
    click.echo(render(found, names), nl=False)
    sys.exit(bool(discovery.missed) or not all(use.taken(name) for use in found for name in names))


def _files(
    discovery: Discovery, paths: tuple[str, ...], overrides: Overrides
) -> tuple[list[tuple[str, Settings]], tuple[str, ...]]:
    """The files with their settings, and the targets. Raises ConfigError."""
    selection = Selection(overrides)
    here = selection.settings_of(os.path.join(os.getcwd(), "-"), discovery.config_of(os.getcwd()))
    for path in paths:
        discovery.add(path)
    files = [(path, selection.settings_of(path, config)) for path, config in discovery.files()]
    for path, reason in discovery.missed:
        click.echo(f"warning: {shown(path)}: {printable(reason)}", err=True)
    configured = dict.fromkeys(name for settings in (here, *(s for _, s in files)) for name in settings.targets)
    return files, tuple(configured) or DEFAULT


def _uses(path: str, settings: Settings, judge: Judge | None) -> Iterator[Use]:
    from einlint.portability import uses

    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        click.echo(f"warning: {shown(path)}: {error.strerror}", err=True)
        return
    if settings.marks.are_in(data):
        yield from uses(data, path, settings, judge)


def _judge(no_fixes: bool) -> AbstractContextManager[Judge | None]:
    """What verifies fixes, None where they are not tried."""
    from einlint.judging import Verifier

    try:
        return nullcontext(None) if no_fixes else Verifier()
    except Unavailable as error:
        click.echo(f"warning: {error}", err=True)
        return nullcontext(None)
