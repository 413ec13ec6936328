"""`einlint rule`: the documentation of rules."""

from __future__ import annotations

import click

from einlint.registry import UnknownSelector, find_rule, rules
from einlint.terminal import echo


@click.command()
@click.argument("rule", required=False)
@click.option("--all", "everything", is_flag=True, help="Print all of them.")
def rule(rule: str | None, everything: bool) -> None:
    """Print the documentation of a rule, by its code or name."""
    if bool(rule) is everything:
        raise click.UsageError("expected the code or name of a rule, or --all")
    try:
        chosen = [find_rule(rule)] if rule else list(rules().values())
    except UnknownSelector as error:
        raise click.UsageError(str(error)) from None
    echo("\n".join(one.titled_page for one in chosen))
