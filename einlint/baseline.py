"""Known findings that are not reported, so that a repository can begin with the new ones.

A finding is known by its file, its code and the text of its row without indentation: it may move to another row. The
baseline counts how often a file has each of them; of more than that, the last ones are new. The format is JSON with a
line for each, made to be read in a diff:

    {"version": 1, "findings": {"src/model.py": [
      {"code": "EIN101", "line": "y = rearrange(x, 'a b -> a')", "count": 1}
    ]}}
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from zlib import crc32

from einlint.config import ConfigError
from einlint.findings import Finding
from einlint.reports.excerpts import Lines
from einlint.session import Linted
from einlint.writing import save

_VERSION = 1
_LONGEST = 200


class Print(NamedTuple):
    """What a finding is known by in its file."""

    code: str
    line: str


class Baseline:
    """The findings in a file that an earlier run wrote. Paths in it are relative to its folder."""

    def __init__(self, path: str, known: dict[str, Counter[Print]]) -> None:
        self._folder = _folder(path)
        self._known = known

    def applied(self, linted: Iterable[Linted]) -> list[Linted]:
        """The files without their known findings, which fixes leave alone as well."""
        return [self._applied(file) for file in linted]

    def _applied(self, file: Linted) -> Linted:
        known = self._known.get(_key(file.path, self._folder))
        if not known:
            return file

        def fresh(findings: Sequence[Finding], data: bytes) -> list[Finding]:
            return _new(findings, data, known)

        return replace(file, findings=tuple(fresh(file.findings, file.data)), fresh=fresh)


def _new(findings: Sequence[Finding], data: bytes, known: Counter[Print]) -> list[Finding]:
    left = known.copy()
    new = []
    for finding, mark in zip(findings, _prints(findings, data), strict=True):
        left[mark] -= 1
        if left[mark] < 0:
            new.append(finding)
    return new


def read(path: str) -> Baseline:
    """The baseline in a file. Raises ConfigError."""
    try:
        with open(path, "rb") as file:
            content = json.loads(file.read())
        return Baseline(path, _known(content))
    except FileNotFoundError:
        raise ConfigError(f"the baseline {path} does not exist, `--write-baseline {path}` makes it") from None
    except OSError as error:
        raise ConfigError(f"the baseline {path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is no baseline: {error}") from None
    except (TypeError, KeyError, AttributeError):
        raise ConfigError(f"{path} is no baseline of einlint's version {_VERSION}") from None


def write(path: str, linted: Iterable[Linted]) -> int:
    """Write a baseline of all findings, and say how many there are. Raises ConfigError."""
    folder = _folder(path)
    found = {_key(file.path, folder): Counter(_prints(file.findings, file.data)) for file in linted if file.findings}
    try:
        save(path, _text(found).encode())
    except OSError as error:
        raise ConfigError(f"the baseline {path} cannot be written: {error.strerror}") from None
    return sum(counts.total() for counts in found.values())


def _prints(findings: Sequence[Finding], data: bytes) -> list[Print]:
    lines = Lines(data)
    return [Print(finding.code, _line(lines.of_cell(finding.cell), finding.span.start.row)) for finding in findings]


def _line(lines: Sequence[str], row: int) -> str:
    """The text of a row as it is compared; nothing where the file cannot be read."""
    text = " ".join(lines[row - 1].split()) if row <= len(lines) else ""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… {crc32(text.encode('utf-8', 'replace')):08x}"


def _text(found: dict[str, Counter[Print]]) -> str:
    files = []
    for key, counts in sorted(found.items()):
        rows = [
            json.dumps({"code": code, "line": line, "count": count}) for (code, line), count in sorted(counts.items())
        ]
        files.append(f"{json.dumps(key)}: [\n  " + ",\n  ".join(rows) + "\n]")
    return f'{{"version": {_VERSION}, "findings": {{' + ", ".join(files) + "}}\n"


def _known(content: Any) -> dict[str, Counter[Print]]:
    if content["version"] != _VERSION:
        raise KeyError
    return {
        key: Counter({Print(str(row["code"]), str(row["line"])): int(row["count"]) for row in rows})
        for key, rows in content["findings"].items()
    }


def _folder(path: str) -> str:
    return os.path.dirname(os.path.abspath(path))


def _key(path: str, folder: str) -> str:
    """The path of a file as seen from the baseline, with slashes; `-` for a text without a name."""
    if path == "-":
        return path
    try:
        return os.path.relpath(path, folder).replace(os.sep, "/")
    except ValueError:  # another drive
        return path.replace(os.sep, "/")
