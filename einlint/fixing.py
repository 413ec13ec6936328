"""Fixing many files: which findings get a fix, what is written, and the difference that it makes."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field, replace
from typing import TypeVar

from einlint.findings import Finding
from einlint.fixes import Fixed, Judge, fix, with_fixes
from einlint.lazily import dataclass
from einlint.notebook_cells import cell_texts
from einlint.session import Linted, Progress
from einlint.source import decode

T = TypeVar("T")
_AT_ONCE = 4


@dataclass()
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


def show(linted: Sequence[Linted], judge: Judge, progress: Progress | None = None) -> list[Linted]:
    """The files, each finding with its verified fix."""
    return list(_each(linted, lambda file: _shown(file, judge), progress))


def repair(linted: Sequence[Linted], judge: Judge, unsafe: bool, progress: Progress | None = None) -> Outcome:
    """Fix what can be fixed, in memory."""
    outcome = Outcome()
    for file, fixed in zip(linted, _each(linted, lambda file: _fixed(file, judge, unsafe), progress), strict=True):
        if fixed is None:
            outcome.linted.append(file)
            continue
        notes = (*file.notes, *fixed.notes)
        outcome.linted.append(replace(file, findings=tuple(fixed.left), data=fixed.data, notes=notes))
        if fixed.data != file.data:
            outcome.applied[file.path] = fixed.applied
            outcome.changes.append((file.path, file.data, fixed.data))
    return outcome


def _each(linted: Sequence[Linted], work: Callable[[Linted], T], progress: Progress | None) -> Iterator[T]:
    """`work` on a few files at a time, in order: verification takes most of the time, in processes of its own."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = [pool.submit(work, file) for file in linted]
        try:
            for done, future in enumerate(futures, 1):
                yield future.result()
                if progress:
                    progress(done, len(futures))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _fixed(file: Linted, judge: Judge, unsafe: bool) -> Fixed | None:
    if file.settings is None or not _has_intent(file):
        return None
    return fix(file.data, file.path, file.settings, judge, unsafe, file.fresh)


def _has_intent(file: Linted) -> bool:
    return any(finding.intent is not None for finding in file.findings)


def _shown(file: Linted, judge: Judge) -> Linted:
    if file.settings is None or not _has_intent(file):
        return file
    return replace(file, findings=tuple(with_fixes(file.findings, file.data, file.path, file.settings, judge)))


def _diff(path: str, before: bytes, after: bytes) -> str:
    shown = os.path.relpath(path) if path != "-" else path
    if not path.endswith(".ipynb"):
        return _text_diff(shown, decode(before), decode(after))
    old, new = cell_texts(before), cell_texts(after)
    return "".join(_text_diff(f"{shown}:cell {cell}", text, new[cell]) for cell, text in old.items())


def _text_diff(shown: str, before: str, after: str) -> str:
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    return "".join(row if row.endswith("\n") else f"{row}\n" for row in difflib.unified_diff(old, new, shown, shown))
