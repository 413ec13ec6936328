"""The command line."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from dataclasses import replace

import click

from einlint import __version__, reports
from einlint.config import Overrides
from einlint.fix_mode import Fixing, FixMode, fix_files
from einlint.options import (
    CheckByDefault,
    Wrong,
    baseline_options,
    complaints,
    device_option,
    executor_option,
    on_executor,
    pairs,
    rules_option,
    target_option,
    without_known,
)
from einlint.reports import statistics
from einlint.reports.places import printable, shown
from einlint.reports.progress import ProgressBar
from einlint.reports.styles import style_of
from einlint.session import Linted, Options, Text, lint
from einlint.terminal import echo


@click.group(cls=CheckByDefault)
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """Find invalid einops and einsum calls in Python files and notebooks, without running them.

    PATHS are files and folders, by default the current folder; "-" is standard input.
    RULES are codes (EIN101), prefixes of codes (EIN1), names (unused-length) or ALL, separated by commas.
    A path that is named like a command needs "./" before it.

    Exit codes: 0 nothing found, 1 something found, 2 wrong usage or configuration.
    """


@main.command()
@click.argument("paths", nargs=-1)
@rules_option("--select", "Rules that are on, instead of the configured ones.")
@rules_option("--extend-select", "Rules that are on as well.")
@rules_option("--ignore", "Rules that are off.")
@click.option(
    "--per-file-ignores",
    multiple=True,
    metavar="GLOB:RULE",
    callback=pairs,
    help="Rules that are off in some files, instead of the configured ones.",
)
@target_option
@click.option("--fix", "fixes", is_flag=True, help="Apply fixes that were verified and are safe.")
@click.option(
    "--unsafe-fixes", is_flag=True, help="Apply fixes, too, that change more than they keep: the report says what."
)
@click.option("--diff", "only_diff", is_flag=True, help="Print what --fix would change; write nothing.")
@click.option("--show-fixes", is_flag=True, help="Show every fix with its verdict.")
@device_option
@click.option("--output-format", type=click.Choice(reports.FORMATS), default="text", help="How to report.")
@click.option("--statistics", "only_counts", is_flag=True, help="Report only how often each rule is broken.")
@click.option("--quiet", "-q", is_flag=True, help="Print findings and nothing else.")
@click.option("--exit-zero", "-e", is_flag=True, help="Exit with 0 even if something is found.")
@click.option("--stdin-filename", metavar="NAME", help="The name of what is read from standard input.")
@click.option("--force-exclude", is_flag=True, help="Apply `exclude` to PATHS that are files, too.")
@click.option("--isolated", is_flag=True, help="Ignore every pyproject.toml.")
@click.option("--no-cache", "-n", is_flag=True, help="Do not use or write .einlint_cache.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes, by default one per processor.")
@executor_option
@baseline_options
@complaints()
def check(
    paths: tuple[str, ...],
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...],
    targets: tuple[str, ...],
    fixes: bool,
    unsafe_fixes: bool,
    only_diff: bool,
    show_fixes: bool,
    device: str,
    output_format: str,
    only_counts: bool,
    quiet: bool,
    exit_zero: bool,
    stdin_filename: str | None,
    force_exclude: bool,
    isolated: bool,
    no_cache: bool,
    jobs: int | None,
    executor: str | None,
    baseline: str | None,
    write_baseline: str | None,
) -> None:
    """Lint files and folders (the default command)."""
    if baseline is not None and write_baseline is not None:
        raise click.UsageError("--baseline and --write-baseline exclude each other")
    if only_diff and write_baseline is not None:
        raise click.UsageError("--diff writes nothing, and so no baseline")
    if only_counts and output_format not in statistics.FORMATS:
        raise click.UsageError(f"--statistics has no {output_format} format")
    overrides = Overrides(select or None, extend_select, ignore, per_file_ignores or None, targets or None)
    options = Options(isolated, force_exclude, jobs=jobs, cache=not no_cache)
    fresh = without_known(baseline)
    linted = fresh(_lint(paths, stdin_filename, overrides, options, executor))
    fixing = Fixing(linted)
    if fixes or only_diff or show_fixes:
        mode = FixMode(unsafe_fixes, only_diff, show_fixes, fixes, device, not no_cache, isolated, quiet)
        fixing = _fix(linted, mode)
    if not quiet:
        _warn(fixing.linted)
    if only_diff:
        sys.exit(fixing.changed)
    if write_baseline is not None:
        _write_baseline(write_baseline, fixing, quiet)
        return
    verified = fixes or show_fixes
    _write(fixing, output_format, only_counts, quiet, verified)
    sys.exit(bool(not exit_zero and any(file.findings for file in fixing.linted)))


def _lint(
    paths: tuple[str, ...], stdin_filename: str | None, overrides: Overrides, options: Options, address: str | None
) -> list[Linted]:
    """Run a session for a person at a terminal, or for none. Raises ConfigError and Unavailable."""
    text = None
    if "-" in paths or stdin_filename is not None:
        text = Text(sys.stdin.buffer.read() if sys.stdin else b"", stdin_filename)
    files = [path for path in paths if path != "-"]
    gc.freeze()
    gc.set_threshold(300_000)
    progress = ProgressBar() if sys.stderr and sys.stderr.isatty() else None
    try:
        with on_executor(replace(options, progress=progress), address) as options:
            return lint(files if files or text else ["."], overrides, options, text)
    except FileNotFoundError:
        raise Wrong("the current folder does not exist") from None
    finally:
        gc.freeze()  # what is left ends with the process: to look for cycles in it then takes a third of a run
        if progress:
            progress.close()


def _fix(linted: list[Linted], mode: FixMode) -> Fixing:
    """Fix, and print what stdout gets instead of a report. Raises Unavailable."""
    progress = ProgressBar("Verifying") if sys.stderr and sys.stderr.isatty() else None
    try:
        fixing = fix_files(linted, replace(mode, progress=progress))
    finally:
        if progress:
            progress.close()
    if fixing.output is not None:
        echo(fixing.output)
    if fixing.summary:
        click.echo(fixing.summary, nl=mode.only_diff, err=True)
    return fixing


def _write_baseline(path: str, fixing: Fixing, quiet: bool) -> None:
    from einlint.baseline import write

    count = write(path, fixing.linted)
    if not quiet:
        click.echo(f"Wrote {count} finding{'s' * (count != 1)} to {printable(path)}", err=fixing.output is not None)


def _warn(linted: Sequence[Linted]) -> None:
    for file in linted:
        for note in file.notes:
            click.echo(f"warning: {shown(file.path)}: {printable(note)}", err=True)
    if not linted:
        click.echo("warning: no Python files found under the given paths", err=True)


def _write(fixing: Fixing, output_format: str, only_counts: bool, quiet: bool, verified: bool) -> None:
    """Write the report; to stderr where stdout holds the fixed text."""
    linted, aside = fixing.linted, fixing.output is not None
    if only_counts:
        pieces = [statistics.render(output_format, linted)]
    else:
        pieces = [*reports.render(output_format, linted, style_of(sys.stderr if aside else sys.stdout))]
    if output_format in reports.FOR_PEOPLE and not quiet:
        pieces.append(reports.summary(linted, fixing.count, verified))
    echo("".join(pieces), err=aside)
