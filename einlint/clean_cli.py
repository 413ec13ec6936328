"""`einlint clean`: remove what earlier runs kept."""

from __future__ import annotations

import os
from collections.abc import Iterator

import click

from einlint.cache import FOLDER, folder_of
from einlint.config import ConfigError
from einlint.discovery import Discovery
from einlint.options import Wrong
from einlint.reports.places import printable
from einlint.store import clean as clean_folder


@click.command()
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False))
def clean(folder: str) -> None:
    """Remove the caches in FOLDER and below it, and the one that a run there would use."""
    try:
        own = folder_of(Discovery().config_of(os.path.abspath(folder)))
        found = dict.fromkeys(map(os.path.realpath, [*_caches(folder), own]))
    except ConfigError as error:
        raise Wrong(printable(str(error))) from None
    failed = False
    for path in found:
        try:
            removed = clean_folder(path)
        except OSError as error:
            failed = True
            click.echo(f"warning: {printable(path)}: cannot be removed: {error.strerror}", err=True)
        else:
            if removed:
                click.echo(f"Removed {printable(path)}")
    if failed:
        raise SystemExit(2)


def _caches(folder: str) -> Iterator[str]:
    for path, folders, _ in os.walk(folder):
        if FOLDER in folders:
            yield os.path.join(path, FOLDER)
        folders[:] = [name for name in folders if name not in (FOLDER, ".git")]
