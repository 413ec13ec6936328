"""Executors that other tools run: a Dask cluster, so far."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from einlint import __version__
from einlint.failures import Unavailable
from einlint.lazily import regex

if TYPE_CHECKING:
    from distributed import Client

_DASK = regex(r"dask://(?P<place>[^/\s]+:\d+)/?")
_PATIENCE = 10
"""Seconds that a scheduler may take to answer."""


class Remote(NamedTuple):
    """An executor and how many files it checks at once."""

    executor: Executor
    slots: int


@contextmanager
def connected(address: str) -> Iterator[Remote]:
    """The executor at `dask://HOST:PORT`. Raises Unavailable, also where no worker has this version of einlint."""
    found = _DASK.fullmatch(address)
    if found is None:
        raise Unavailable(f"`{address}` is no address of an executor: expected `dask://HOST:PORT`")
    try:
        from distributed import Client
    except ImportError:
        raise Unavailable("a Dask cluster needs distributed: install `einlint[dask]`") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what a cluster loses is done again
    try:
        client = Client(f"tcp://{found['place']}", timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Unavailable(f"no Dask scheduler answers at {found['place']}: {error}") from None
    try:
        yield _remote(client, found["place"])
    finally:
        client.close()


def _remote(client: Client, place: str) -> Remote:
    versions = client.run(_version, on_error="return")
    alike = [worker for worker, version in versions.items() if version == __version__]
    if not alike:
        others = ", ".join(sorted({_shown(version) for version in versions.values()})) or "no workers"
        raise Unavailable(f"the Dask cluster at {place} has no worker with einlint {__version__}, but {others}")
    slots = sum(count for worker, count in client.ncores().items() if worker in alike)
    return Remote(client.get_executor(pure=False), max(slots, 1))


def _version() -> str:
    """What runs on a worker, which finds it by name."""
    return __version__


def _shown(version: object) -> str:
    return f"einlint {version}" if isinstance(version, str) else f"{version}".splitlines()[0][:200]
