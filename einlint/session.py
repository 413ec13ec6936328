"""Many files from paths to findings: what every front end uses."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from einlint import execution
from einlint.cache import Cache, kept_in, key_of
from einlint.config import Config, Overrides
from einlint.discovery import Discovery, File
from einlint.execution import TIMEOUT, Check, Job, Task, check_all, processors
from einlint.failures import CHECK_FAILED, UNREADABLE, finding_of
from einlint.findings import Finding, Fresh
from einlint.lazily import dataclass
from einlint.project import digest
from einlint.quiet import Quiet, stamp_of
from einlint.selection import Selection
from einlint.settings import Checked, Settings

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from einlint.marks import Marks

MAX_BYTES = 12_000_000
"""A larger module is not checked: its tree would not fit into the memory of most machines."""

BATCH_BYTES = 8_000_000
"""The content that is held in memory to be checked."""

Progress = Callable[[int, int], None]


class Text(NamedTuple):
    """Content to lint as if it stood in the file `name`, None for no file at all."""

    data: bytes
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is done.

    `isolated` ignores every configuration, `force_exclude` applies `exclude` to paths that were given too,
    `executor` is one of concurrent.futures or behaves as one, `jobs` how many files are checked at once,
    `timeout` is in seconds for each file, `check` another way to check one, `progress` receives how many files are done
    of how many.
    """

    isolated: bool = False
    force_exclude: bool = False
    executor: Executor | None = None
    jobs: int | None = None
    cache: bool = True
    timeout: float = TIMEOUT
    progress: Progress | None = None
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found in one file, sorted by position, with the content that it is about (empty for no findings).

    `path` is absolute, or `-` for text without a name; `settings` decided what was found.
    `is_text` marks the text that was given, whose `data` is always there: it may have the name of a file,
    and is not that file. `fresh` is what picks the findings that are to be reported, where not all of them are.
    """

    path: str
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    data: bytes = b""
    settings: Settings | None = None
    is_text: bool = False
    fresh: Fresh | None = None


class _Pending(NamedTuple):
    """A file that has to be checked. `path` is how it is shown, `key` what the cache knows it by."""

    path: str
    job: Job
    key: bytes


def lint(
    paths: Iterable[str], overrides: Overrides | None = None, options: Options | None = None, text: Text | None = None
) -> list[Linted]:
    """Lint files, folders and `text`: one result for each file, in the order of the paths.

    A path that cannot be read and a file that cannot be checked have a finding that says so. Raises ConfigError.
    """
    options = options or Options()
    return _Session(overrides or Overrides(), options).run(paths, text)


class _Session:
    """One run."""

    def __init__(self, overrides: Overrides, options: Options) -> None:
        self.options = options
        self.discovery = Discovery(isolated=options.isolated, force_exclude=options.force_exclude)
        self.selection = Selection(overrides)
        folder = kept_in(self.discovery.config_of(os.getcwd())) if options.cache else None
        self.cache = None if folder is None else Cache(folder, digest)
        self.quiet = Quiet(self.cache.store) if self.cache else None
        self.total = 0

    def run(self, paths: Iterable[str], text: Text | None) -> list[Linted]:
        """All of it."""
        self._settings(os.path.join(os.getcwd(), "-"))  # mistakes in it are errors even where no file is found
        for path in paths:
            self.discovery.add(path)
        files = self.discovery.files()
        self.total = len(files) + len(self.discovery.missed) + (text is not None)
        done: dict[str, Linted] = {}
        limit = max(BATCH_BYTES, (self.options.jobs or 1) * 500_000)
        batches = _Ahead(_batches(self._examine(text, files), limit))
        for batch in batches:
            done |= {one.path: one for one in batch if isinstance(one, Linted)}
            pending = [one for one in batch if isinstance(one, _Pending)]
            for linted in self._check(pending, len(done), lambda: self._read_ahead(batches)):
                done[linted.path] = linted
            self._save()
        shown = None if text is None else os.path.abspath(text.name) if text.name else "-"
        if text is not None and shown in done:
            done[shown] = replace(done[shown], data=text.data, is_text=True)
        return [done[path] for path in sorted(done)]

    def _read_ahead(self, batches: _Ahead) -> None:
        batches.fetch()
        if self.cache:
            self.cache.store.close()  # more processes may be forked

    def _save(self) -> None:
        if self.quiet:
            self.quiet.save()
        if self.cache:
            self.cache.save()

    def _examine(self, text: Text | None, files: Iterable[File]) -> Iterator[Linted | _Pending]:
        """Every file, as its result where no check is needed."""
        if text is not None:
            yield from self._text(text)
        for path, reason in self.discovery.missed:
            yield self._unreadable(path, reason)
        for path, config in files:
            try:
                yield self._file(path, config)
            except OSError as error:
                yield self._unreadable(path, error.strerror or str(error))

    def _file(self, path: str, config: Config) -> Linted | _Pending:
        """A file, which is not read where it is known to hold no call. Raises OSError."""
        marks = self.selection.selected(config).marks  # mistakes in it are errors whatever the file holds
        stamp = stamp_of(path) if self.quiet else None
        if self.quiet and self.quiet.knows(path, marks, stamp):
            return Linted(path)
        data = _read(path)
        if marks.are_in(data):
            return self._content(path, path, data, self.selection.settings_of(path, config), marks)
        if self.quiet:
            self.quiet.learn(path, marks, stamp)
        return Linted(path)

    def _text(self, text: Text) -> Iterator[Linted | _Pending]:
        path = os.path.abspath(text.name or "-")
        if text.name is None or not self.discovery.leaves_out(path):
            settings = self._settings(path)
            yield self._content(path if text.name else "-", path, text.data, settings)

    def _content(
        self, shown: str, path: str, data: bytes, settings: Settings, found: Marks | None = None
    ) -> Linted | _Pending:
        """The byte search and the cache, before anything goes to a worker; `found` are marks that are in the file."""
        if settings.marks != found and not settings.marks.are_in(data):
            return Linted(shown)
        if len(data) > MAX_BYTES and not path.endswith(".ipynb"):
            reason = f"this file is larger than {MAX_BYTES // 1_000_000} MB and was not checked"
            return _linted(shown, execution.failed(reason), data, settings)
        key = key_of(path, data, settings) if self.cache else b""
        known = self.cache.get(key) if self.cache else None
        if known is not None:
            return _linted(shown, known, data, settings)
        return _Pending(shown, Job(data, path, settings), key)

    def _check(self, pending: list[_Pending], done: int, meanwhile: Callable[[], None]) -> Iterator[Linted]:
        if not pending:
            return
        from einlint.checking import check_marked, preload

        task = Task(self.options.check or check_marked, self.options.timeout)
        workers = self.options.jobs or processors()
        jobs = [item.job for item in pending]
        if workers > 1 and len(jobs) > 1:
            preload(jobs[0].settings)
        if self.cache:
            self.cache.store.close()  # before processes are forked
        executor = self.options.executor
        for index, checked in check_all(jobs, task, executor=executor, workers=workers, meanwhile=meanwhile):
            path, job, key = pending[index]
            if self.cache and not any(finding.code == CHECK_FAILED.code for finding in checked.findings):
                self.cache.put(key, checked)
            done += 1
            if self.options.progress:
                self.options.progress(done, self.total)
            yield _linted(path, checked, job.data, job.settings)

    def _unreadable(self, path: str, reason: str) -> Linted:
        finding = finding_of(UNREADABLE, f"the file cannot be read: {reason}")
        return _linted(path, Checked((finding,)), b"", self._settings(path))

    def _settings(self, path: str) -> Settings:
        return self.selection.settings_of(path, self.discovery.config_of(os.path.dirname(path)))


def _linted(path: str, checked: Checked, data: bytes, settings: Settings) -> Linted:
    """A result. That a file was not checked is never passed over: with its rule off, it becomes a note."""
    on = tuple(finding for finding in checked.findings if finding.code in settings.enabled)
    off = tuple(finding.message for finding in checked.findings if finding.code not in settings.enabled)
    return Linted(path, on, checked.notes + off, data if on else b"", settings)


class _Ahead:
    """Batches of which the next one can be read before it is asked for: while other processes check the one before."""

    def __init__(self, batches: Iterator[list[Linted | _Pending]]) -> None:
        self._batches = batches
        self._read: list[list[Linted | _Pending]] = []

    def fetch(self) -> None:
        """Have the next one, if there is any."""
        if not self._read:
            self._read.extend(islice(self._batches, 1))

    def __iter__(self) -> Iterator[list[Linted | _Pending]]:
        self.fetch()
        while self._read:
            yield self._read.pop()
            self.fetch()


def _batches(items: Iterable[Linted | _Pending], limit: int) -> Iterator[list[Linted | _Pending]]:
    """Parts with up to `limit` bytes to check: enough that processes pay, and no more than fits into memory."""
    batch, size = list[Linted | _Pending](), 0
    for item in items:
        batch.append(item)
        size += len(item.job.data) if isinstance(item, _Pending) else 0
        if size >= limit:
            yield batch
            batch, size = [], 0
    yield batch


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read()
