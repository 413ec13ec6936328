"""Findings of earlier runs: one file for each project, which may be lost, damaged or shared at any time."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import Any
from zlib import crc32

from einlint import __version__
from einlint.checking import Checked, Settings
from einlint.findings import Finding, Intent, Position, Related, Safety, Span

FOLDER = ".einlint_cache"
MAX_BYTES = 8_000_000
_MAX_AGE = 30 * 24 * 3600

Digest = Callable[[str], str | None]


class Cache:
    """Checked files by what decides their findings: path, content, settings, and the einlint and Python that checked.

    One line is one entry: key, checksum, JSON. Lines that were used last stand last, and the first are dropped.
    """

    def __init__(self, folder: str, digest: Digest) -> None:
        self._folder = folder
        self._digest = cache(digest)
        self._used: dict[bytes, bytes] = {}
        self._changed = False

    @cached_property
    def path(self) -> str:
        """The one file."""
        return os.path.join(self._folder, f"{_version()}.jsonl")

    @cached_property
    def _lines(self) -> dict[bytes, bytes]:
        return dict(_entries(self.path))

    def get(self, key: bytes) -> Checked | None:
        """An earlier result, if the files that it depends on are as they were."""
        line = self._lines.get(key)
        checked = None if line is None else _decoded(line)
        if line is None or checked is None:
            return None
        if any(self._digest(path) != known for path, known in checked.dependencies.items()):
            return None
        self._used[key] = line
        return checked

    def put(self, key: bytes, checked: Checked) -> None:
        """Remember a result."""
        payload = json.dumps(_encoded(checked), separators=(",", ":")).encode()
        self._used[key] = b"%08x %b" % (crc32(payload), payload)
        self._changed = True

    def save(self) -> None:
        """Write what is new. Of two runs at the same time neither destroys what the other wrote."""
        if not self._changed:
            return
        lines = {key: line for key, line in _entries(self.path) if key not in self._used and _payload(line)}
        try:
            _prepare(self._folder)
            _replace(self.path, b"".join(_newest(lines | self._used)))
            _remove_old(self._folder, self.path)
        except OSError:
            pass


def key_of(path: str, data: bytes, settings: Settings) -> bytes:
    """The key of a file and all that decides its findings but the version of einlint."""
    import hashlib

    head = repr((path, sorted(settings.enabled), replace(settings, enabled=frozenset())))
    return hashlib.sha256(head.encode("utf-8", "surrogateescape") + b"\0" + data).hexdigest().encode()


def _entries(path: str) -> Iterator[tuple[bytes, bytes]]:
    try:
        with open(path, "rb") as file:
            data = file.read(2 * MAX_BYTES)
    except OSError:
        return
    for line in data.split(b"\n"):
        key, space, rest = line.partition(b" ")
        if space:
            yield key, rest


def _newest(lines: dict[bytes, bytes]) -> Iterator[bytes]:
    """The last lines that fit."""
    kept, size = [], 0
    for key, rest in reversed(lines.items()):
        size += len(key) + len(rest) + 2
        if size > MAX_BYTES:
            break
        kept.append(b"%b %b\n" % (key, rest))
    return reversed(kept)


def _prepare(folder: str) -> None:
    """Make a folder that git and backups leave out, as ruff's."""
    if os.path.exists(os.path.join(folder, ".gitignore")):
        return
    os.makedirs(folder, exist_ok=True)
    _replace(os.path.join(folder, "CACHEDIR.TAG"), b"Signature: 8a477f597d28d172789f06886806bc55\n")
    _replace(os.path.join(folder, ".gitignore"), b"# Automatically created by einlint.\n*\n")


def _replace(path: str, data: bytes) -> None:
    """Write a file in one step: whoever reads it meanwhile sees the old one or the new one."""
    temporary = f"{path}.{os.getpid()}.{time.monotonic_ns()}"
    try:
        with open(temporary, "xb") as file:
            file.write(data)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


def _remove_old(folder: str, kept: str) -> None:
    """Remove what other versions and interrupted runs left behind long ago."""
    limit = time.time() - _MAX_AGE
    with os.scandir(folder) as entries:
        for entry in entries:
            if ".jsonl" in entry.name and entry.path != kept and entry.stat().st_mtime < limit:
                os.unlink(entry.path)


@cache
def _version() -> str:
    """The einlint and Python that findings come from; a checkout changes without changing its version."""
    sources = map(os.stat, sorted(_sources(os.path.dirname(__file__))))
    stamps = repr([(status.st_mtime_ns, status.st_size) for status in sources])
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{__version__}-{python}-{crc32(stamps.encode()):08x}"


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
    return None if intent is None else [intent.rewrite, intent.span, intent.safety.value, intent.comment]


def _decoded(line: bytes) -> Checked | None:
    """A result, or None from a damaged line."""
    try:
        findings, dependencies, notes = json.loads(_payload(line))
        return Checked(tuple(map(_decoded_finding, findings)), dict(dependencies), tuple(notes))
    except (ValueError, TypeError, RecursionError):
        return None


def _payload(line: bytes) -> bytes:
    """The JSON of a line, nothing where its checksum is wrong."""
    checksum, _, payload = line.partition(b" ")
    return payload if checksum == b"%08x" % crc32(payload) else b""


def _decoded_finding(value: Sequence[Any]) -> Finding:
    code, name, message, span, related, cell, intent = value
    return Finding(
        code,
        name,
        message,
        _span(span),
        tuple(Related(text, _span(place), path) for text, place, path in related),
        cell=cell,
        intent=intent and Intent(intent[0], _span(intent[1]), Safety(intent[2]), intent[3]),
    )


def _span(value: Sequence[Sequence[int]]) -> Span:
    start, end = value
    return Span(Position(*start), Position(*end))
