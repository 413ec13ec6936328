"""How the command line reads its words: the default command, lists of rules, `GLOB:RULE` pairs."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click

from einlint.config import ConfigError
from einlint.failures import Unavailable
from einlint.reports.places import printable
from einlint.session import Linted, Options

_LATE = {
    "clean": "einlint.clean_cli.clean",
    "equiv": "einlint.equivalence_cli.equiv",
    "explain": "einlint.explain_cli.explain",
    "rule": "einlint.rule_cli.rule",
    "targets": "einlint.targets_cli.targets",
}


class Wrong(click.ClickException):
    """Wrong usage or configuration, in one line."""

    exit_code = 2


class CheckByDefault(click.Group):
    """`einlint PATH` is `einlint check PATH`, and `einlint --help` describes both."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_LATE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command, its module imported when it is the one that runs."""
        if cmd_name in _LATE:
            module, _, name = _LATE[cmd_name].rpartition(".")
            command: click.Command = getattr(importlib.import_module(module), name)
            return command
        return super().get_command(ctx, cmd_name)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in {*self.commands, *_LATE, "--help", "--version"}:
            _demand_path(args)
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[check] [OPTIONS] [PATHS]...")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        parameters = (*self.commands["check"].params, *self.get_params(ctx))
        with formatter.section("Options"):
            formatter.write_dl([record for one in parameters if (record := one.get_help_record(ctx))])
        self.format_commands(ctx, formatter)


def _demand_path(args: list[str]) -> None:
    """Raise UsageError where the first word is neither a path nor an option but nearly a command."""
    if not args or args[0].startswith("-") or os.path.lexists(args[0]):
        return
    import difflib

    near = difflib.get_close_matches(args[0], ["check", *_LATE], n=1, cutoff=0.8)
    if near:
        raise click.UsageError(f"there is no command or file `{args[0]}`, did you mean `{near[0]}`?")


def split(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """The items of lists. Raises BadParameter where an option is given and nothing is in it."""
    items = tuple(item.strip() for value in values for item in value.split(",") if item.strip())
    if values and not items:
        raise click.BadParameter("expected at least one, separated by commas")
    return items


def pairs(
    ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """`GLOB:RULE` pairs; a colon may stand in the glob."""
    found = [item.rpartition(":") for item in split(ctx, parameter, values)]
    for glob, _, selector in found:
        if not glob or not selector:
            raise click.BadParameter(f"expected GLOB:RULE, found `{glob or selector}`")
    return tuple((glob, (selector,)) for glob, _, selector in found)


def rules_option(name: str, text: str) -> Callable[[Any], Any]:
    return click.option(name, multiple=True, metavar="RULES", callback=split, help=text)


def target_option(command: Callable[..., Any]) -> Callable[..., Any]:
    text = "Export targets that the code is for, instead of the configured ones: onnx, tensorrt, onnx-legacy@13..."
    option = click.option("--target", "targets", multiple=True, metavar="NAME[@VERSION]", callback=split, help=text)
    return option(command)


def executor_option(command: Callable[..., Any]) -> Callable[..., Any]:
    text = "Check on a Dask cluster, whose workers have einlint and see the same files."
    return click.option("--executor", metavar="dask://HOST:PORT", help=text)(command)


@contextmanager
def on_executor(options: Options, address: str | None) -> Iterator[Options]:
    """The options with the executor at an address, if one is given. Raises Unavailable."""
    if address is None:
        yield options
        return
    from einlint.executors import connected

    with connected(address) as remote:
        yield replace(options, executor=remote.executor, jobs=options.jobs or remote.slots)


def baseline_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Both options about known findings."""
    write = click.option("--write-baseline", metavar="FILE", help="Write what is found to FILE, and exit with 0.")
    read = click.option(
        "--baseline", metavar="FILE", help="Report only what is not in FILE, which an earlier run wrote."
    )
    return read(write(command))


def without_known(path: str | None) -> Callable[[list[Linted]], list[Linted]]:
    """What takes known findings away, by the baseline at a path, if one is given. Raises ConfigError."""
    if path is None:
        return lambda linted: linted
    from einlint.baseline import read

    return read(path).applied


@contextmanager
def complaints() -> Iterator[None]:
    """Tells in one line what is wrong with the usage, and ends quietly when interrupted."""
    try:
        yield
    except (ConfigError, Unavailable) as error:
        raise Wrong(printable(str(error))) from None
    except KeyboardInterrupt:
        sys.exit(130)


def device_option(command: Callable[..., Any]) -> Callable[..., Any]:
    text = "Where both versions run: on the CPU, and on CUDA if torch sees it (auto) or in any case (cuda)."
    return click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", help=text)(command)
