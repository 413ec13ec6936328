"""Fixing many files: which findings get a fix, what is written, and the difference that it makes."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from einlint.checking import Settings, check
from einlint.findings import Finding
from einlint.fixes import Fixed, Judge, fix, with_fixes
from einlint.session import Linted
from einlint.source import decode


@dataclass
class Outcome:
    """The files with what is left in them, and what was fixed in each."""

    linted: list[Linted] = field(default_factory=list)
    applied: dict[str, list[Finding]] = field(default_factory=dict)
    changes: list[tuple[str, bytes, bytes]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many findings were fixed."""
        return sum(map(len, self.applied.values()))

    @property
    def difference(self) -> str:
        """All changes as one unified diff."""
        return "".join(_diff(*change) for change in self.changes)


def show(linted: Sequence[Linted], judge: Judge) -> list[Linted]:
    """The files, each finding with its verified fix."""
    return [_shown(file, judge) for file in linted]


def repair(linted: Sequence[Linted], judge: Judge, unsafe: bool) -> Outcome:
    """Fix what can be fixed, in memory."""
    outcome = Outcome()
    for file in linted:
        if file.settings is None or not _has_intent(file):
            outcome.linted.append(file)
            continue
        fixed = fix(file.data, file.path, file.settings, judge, unsafe)
        outcome.linted.append(_after(file, fixed, file.settings))
        if fixed.data != file.data:
            outcome.applied[file.path] = fixed.applied
            outcome.changes.append((file.path, file.data, fixed.data))
    return outcome


def write(path: str, before: bytes, after: bytes) -> str | None:
    """Replace the content of a file at once; the reason when it was left alone.

    A file that changed meanwhile, or cannot be written, is left as it is. Its mode stays.
    """
    try:
        with open(path, "rb") as file:
            if file.read() != before:
                return "it changed while it was checked and was not fixed"
        target = os.path.realpath(path)
        mode = os.stat(target).st_mode
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".einlint-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(after)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, mode & 0o7777)
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        return f"it cannot be written: {error.strerror or error}"
    return None


def _has_intent(file: Linted) -> bool:
    return any(finding.intent is not None for finding in file.findings)


def _shown(file: Linted, judge: Judge) -> Linted:
    if file.settings is None or not _has_intent(file):
        return file
    return replace(file, findings=tuple(with_fixes(file.findings, file.data, file.path, file.settings, judge)))


def _after(file: Linted, fixed: Fixed, settings: Settings) -> Linted:
    """What is left to report of a fixed file."""
    if fixed.data == file.data:
        return replace(file, notes=(*file.notes, *fixed.notes))
    left = check(fixed.data, file.path, settings)
    return replace(file, findings=left.findings, data=fixed.data, notes=(*file.notes, *fixed.notes))


def _diff(path: str, before: bytes, after: bytes) -> str:
    shown = os.path.relpath(path) if path != "-" else path
    old, new = (decode(content).splitlines(keepends=True) for content in (before, after))
    return "".join(row if row.endswith("\n") else f"{row}\n" for row in difflib.unified_diff(old, new, shown, shown))
