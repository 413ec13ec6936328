"""Findings of earlier runs, kept in one file for each project."""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

from einlint import __version__
from einlint.config import Config
from einlint.findings import Finding, Intent, Position, Related, Repair, Safety, Span
from einlint.settings import Checked, Settings
from einlint.store import SUFFIX, Store, digest_of, remove_old

FOLDER = ".einlint_cache"

Digest = Callable[[str], str | None]


def folder_of(config: Config) -> str:
    """Where runs in the folder that a configuration is for keep what they found."""
    return os.path.join(config.root, os.environ.get("EINLINT_CACHE_DIR") or config.cache_dir or FOLDER)


def kept_in(config: Config) -> str | None:
    """That folder, None where the configuration switches the cache off."""
    return folder_of(config) if config.cache else None


class Cache:
    """Checked files by what decides their findings: path, content, settings, and the einlint and Python that checked.

    `store` is where they are kept: other results of this einlint and this Python may be, too.
    """

    def __init__(self, folder: str, digest: Digest) -> None:
        self._folder = folder
        self._digest = cache(digest)
        self.store = Store(os.path.join(folder, version() + SUFFIX))

    def get(self, key: bytes) -> Checked | None:
        """An earlier result, if the files that it depends on are as they were."""
        value = self.store.get(key)
        checked = None if value is None else _decoded(value)
        if checked is None or any(self._digest(path) != known for path, known in checked.dependencies.items()):
            return None
        return checked

    def put(self, key: bytes, checked: Checked) -> None:
        """Remember a result."""
        self.store.put(key, zlib.compress(json.dumps(_encoded(checked), separators=(",", ":")).encode(), 1))

    def save(self) -> None:
        """Write what is new. Of runs at the same time none destroys what another wrote."""
        self.store.save()
        self.store.close()
        with suppress(OSError):
            remove_old(self._folder, self.store.path)


def key_of(path: str, data: bytes, settings: Settings) -> bytes:
    """The key of a file and all that decides its findings but the version of einlint."""
    head = repr((path, sorted(settings.enabled), replace(settings, enabled=frozenset())))
    return digest_of(head.encode("utf-8", "surrogateescape"), data)


@cache
def version() -> str:
    """The einlint and Python that findings come from; a checkout changes without changing its version."""
    sources = map(os.stat, sorted(_sources(os.path.dirname(__file__))))
    stamps = repr([(status.st_mtime_ns, status.st_size) for status in sources])
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{__version__}-{python}-{zlib.crc32(stamps.encode()):08x}"


def _sources(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _sources(entry.path)
            elif entry.name.endswith(".py"):
                yield entry.path


def _encoded(checked: Checked) -> list[Any]:
    return [[_encoded_finding(f) for f in checked.findings], dict(checked.dependencies), checked.notes]


def _encoded_finding(finding: Finding) -> list[Any]:
    related = [[r.message, r.span, r.path] for r in finding.related]
    return [finding.code, finding.name, finding.message, finding.span, related, finding.cell, _intent(finding)]


def _intent(finding: Finding) -> list[Any] | None:
    intent = finding.intent
    return None if intent is None else [intent.rewrite, intent.span, intent.safety.value, intent.comment, intent.repair]


def _decoded(value: bytes) -> Checked | None:
    """A result, or None from what is none."""
    try:
        findings, dependencies, notes = json.loads(zlib.decompress(value))
        return Checked(tuple(map(_decoded_finding, findings)), dict(dependencies), tuple(notes))
    except (ValueError, TypeError, RecursionError, zlib.error):
        return None


def _decoded_finding(value: Sequence[Any]) -> Finding:
    code, name, message, span, related, cell, intent = value
    return Finding(
        code,
        name,
        message,
        _span(span),
        tuple(Related(text, _span(place), path) for text, place, path in related),
        cell=cell,
        intent=intent
        and Intent(intent[0], _span(intent[1]), Safety(intent[2]), intent[3], intent[4] and Repair(*intent[4])),
    )


def _span(value: Sequence[Sequence[int]]) -> Span:
    start, end = value
    return Span(Position(*start), Position(*end))
