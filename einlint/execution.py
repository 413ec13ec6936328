"""Check many files so that no file takes the others down: not by an exception, a crash or a hang."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from einlint import __version__
from einlint.failures import CHECK_FAILED, finding_of
from einlint.settings import Checked, Settings

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future, ProcessPoolExecutor
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext, SpawnContext

TIMEOUT = 30.0
"""Seconds that one file may take."""

# With fewer bytes to check than this, other processes cost more than they save.
_WORTH_PROCESSES = 400_000
# A larger file gets a process of its own, because native code may end the process or not come back. Python 3.10 parses
# 105,000 nested expressions, for which it takes 210 kB, off the end of the C stack; later ones raise RecursionError.
_LARGE = 150_000

Check = Callable[[bytes, str, Settings], Checked]
Send = Callable[[range], "Future[list[Checked]]"]


class Job(NamedTuple):
    """One file to check. Plain data: it is sent to other processes and machines."""

    data: bytes
    path: str
    settings: Settings


class Task(NamedTuple):
    """How to check a file: with what, for how many seconds at most, and with which einlint."""

    check: Check
    timeout: float = TIMEOUT
    version: str = __version__


class _Overdue(BaseException):
    """Not an Exception, so that no `except` of the code it interrupts takes it."""


def failed(reason: str) -> Checked:
    """The result of a file that could not be checked."""
    return Checked((finding_of(CHECK_FAILED, reason),))


def _nothing() -> None:
    """What there is to do meanwhile."""


def check_all(
    jobs: Sequence[Job],
    task: Task,
    *,
    executor: Executor | None = None,
    workers: int = 1,
    meanwhile: Callable[[], None] = _nothing,
) -> Iterator[tuple[int, Checked]]:
    """Results with the index of their job, in any order; `meanwhile` is called while other processes are at work.

    In this process when the work is small; otherwise on the executor, or on processes of our own. What an
    executor loses goes to processes of our own, and what one of those does not survive gets a process to itself.
    """
    if executor is None and (workers < 2 or sum(len(job.data) for job in jobs) < _WORTH_PROCESSES):
        for index, job in enumerate(jobs):
            yield index, _checked(job, task)
        return
    waiting, lost = deque(_chunks(jobs, workers)), list[range]()
    if executor is not None:
        send = partial(_send, executor, jobs, task)
        yield from _drain(send, waiting, lost, len(waiting), _patience(task) * 2, meanwhile)
        waiting.extend(lost)
        lost.clear()
    workers = workers if executor is None else min(workers, processors())
    yield from _in_pools(jobs, task, waiting, lost, workers, meanwhile)
    for index in chain.from_iterable(lost):
        yield index, alone(jobs[index], task)


def check_chunk(jobs: Sequence[Job], task: Task) -> list[Checked]:
    """What an executor runs, maybe on another machine. Raises RuntimeError where einlint has another version."""
    if task.version != __version__:
        raise RuntimeError(f"einlint {task.version} is asked for, this is {__version__}")
    return [_checked(job, task) for job in jobs]


def _checked(job: Job, task: Task) -> Checked:
    return alone(job, task) if len(job.data) > _LARGE else attempt(job, task)


def attempt(job: Job, task: Task) -> Checked:
    """Check one file in this process, come what may."""
    try:
        with _paused_gc(), _alarm(task.timeout):
            return task.check(*job)
    except KeyboardInterrupt:
        raise
    except _Overdue:
        return failed(_overdue(task))
    except BaseException as error:
        return failed(f"checking this file failed with `{_one_line(error)}`")


def alone(job: Job, task: Task) -> Checked:
    """Check one file in a process of its own, whose end is the file's own."""
    context = _context()
    ours, theirs = context.Pipe()
    process = context.Process(target=_answer, args=(theirs, task), daemon=True)
    try:
        process.start()
    except (OSError, AssertionError):  # no process to be had; a daemon's child may not have one
        return attempt(job, task)
    try:
        theirs.close()
        ours.send(job)
        return ours.recv() if ours.poll(_patience(task)) else failed(_overdue(task))
    except (EOFError, OSError):
        process.join()
        return failed(f"checking this file {_fate(process.exitcode)}")
    finally:
        process.kill()
        process.join()
        ours.close()


def _answer(connection: Connection, task: Task) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    connection.send(attempt(connection.recv(), task))


def _in_pools(
    jobs: Sequence[Job],
    task: Task,
    waiting: deque[range],
    lost: list[range],
    workers: int,
    meanwhile: Callable[[], None],
) -> Iterator[tuple[int, Checked]]:
    """Empty `waiting`, with a new pool whenever one broke. Few chunks are out at a time: each of them is a suspect."""
    while waiting:
        before = len(waiting)
        with _pool(workers, jobs, task) as pool:
            if pool is not None:
                yield from _drain(partial(_send_own, pool), waiting, lost, 2 * workers, None, meanwhile)
        if len(waiting) == before:
            lost.extend(waiting)
            waiting.clear()


def _drain(
    send: Send,
    waiting: deque[range],
    lost: list[range],
    window: int,
    patience: float | None,
    meanwhile: Callable[[], None],
) -> Iterator[tuple[int, Checked]]:
    """Run chunks until none is left or the executor fails. Chunks that it was sent and did not do are lost."""
    from concurrent.futures import FIRST_COMPLETED, wait

    running: dict[Future[list[Checked]], range] = {}
    while _fill(running, send, waiting, window):
        meanwhile()
        finished, _ = wait(running, patience, FIRST_COMPLETED)
        if not finished:
            break
        for future in finished:
            chunk = running.pop(future)
            if future.cancelled() or future.exception() is not None:
                lost.append(chunk)
            else:
                yield from zip(chunk, future.result(), strict=False)
    lost.extend(running.values())


def _fill(running: dict[Future[list[Checked]], range], send: Send, waiting: deque[range], window: int) -> bool:
    """Have up to `window` chunks running; whether any is."""
    while waiting and len(running) < window:
        try:
            running[send(waiting[0])] = waiting[0]
        except Exception:  # broken, shut down, or whatever a foreign executor says then
            break
        waiting.popleft()
    return bool(running)


def _send(executor: Executor, jobs: Sequence[Job], task: Task, chunk: range) -> Future[list[Checked]]:
    return executor.submit(check_chunk, [jobs[index] for index in chunk], task)


@contextmanager
def _pool(workers: int, jobs: Sequence[Job], task: Task) -> Iterator[ProcessPoolExecutor | None]:
    """A pool that ends at once when this process is interrupted; None where the system has none to offer."""
    try:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import active_children

        others = set(active_children())
        context = _context()
        work = (jobs, task) if context.get_start_method() == "fork" else _saved((jobs, task))
        pool = ProcessPoolExecutor(workers, context, _start_worker, (work,))
    except (ImportError, NotImplementedError, OSError):
        yield None
        return
    try:
        yield pool
    except BaseException:
        for process in set(active_children()) - others:
            process.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        if isinstance(work, str):
            os.unlink(work)


def _saved(work: tuple[Sequence[Job], Task]) -> str:
    """The path of a file with the work. Arguments of a spawned process go through a pipe that its parent never stops
    filling when the process is killed before it read them, which a pool that breaks does to its other workers."""
    import pickle
    import tempfile

    handle, path = tempfile.mkstemp(prefix="einlint-")
    try:
        with open(handle, "wb") as file:
            pickle.dump(work, file)
    except BaseException:
        os.unlink(path)
        raise
    return path


def _context() -> ForkContext | SpawnContext:
    """Fork is much the fastest, and safe where no other thread runs."""
    from multiprocessing import get_context

    if sys.platform == "linux" and threading.active_count() == 1:
        return get_context("fork")
    return get_context("spawn")


_own: tuple[Sequence[Job], Task]
"""The work of a process of our own. A queue would have to carry the files, and a pool of Python 3.10 that breaks
while its queue is full never ends (https://github.com/python/cpython/issues/94777)."""


def _start_worker(work: tuple[Sequence[Job], Task] | str) -> None:
    """Die of Ctrl-C at once and without a traceback, and do not outlive the parent."""
    import pickle
    from multiprocessing import parent_process
    from pathlib import Path

    def follow() -> None:
        if parent := parent_process():
            parent.join()
        os._exit(1)

    global _own
    _own = pickle.loads(Path(work).read_bytes()) if isinstance(work, str) else work
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=follow, daemon=True).start()
    gc.freeze()


def _send_own(pool: Executor, chunk: range) -> Future[list[Checked]]:
    return pool.submit(_check_own, chunk)


def _check_own(chunk: range) -> list[Checked]:
    jobs, task = _own
    results = []
    for index in chunk:
        with _last_resort(task):
            results.append(attempt(jobs[index], task))
    return results


def _chunks(jobs: Sequence[Job], workers: int) -> Iterator[range]:
    """Neighbouring files, the large parts first: so that all workers end together, each takes a share of what is left,
    but none that is too small to be worth sending."""
    left = sum(len(job.data) for job in jobs)
    start, size = 0, 0
    for index, job in enumerate(jobs):
        size += len(job.data)
        if size >= max(left / (4 * workers), _WORTH_PROCESSES / 8):
            yield range(start, index + 1)
            left -= size
            start, size = index + 1, 0
    if start < len(jobs):
        yield range(start, len(jobs))


def processors() -> int:
    """How many processes can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _paused_gc() -> Iterator[None]:
    """Trees are large and free of cycles: collecting while they grow costs half of the time and finds nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise `_Overdue` after some time, again and again, where the system and the thread have signals."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise _Overdue

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@contextmanager
def _last_resort(task: Task) -> Iterator[None]:
    """End this process when native code hangs, which no signal handler interrupts."""
    import faulthandler

    with open(os.devnull, "wb") as nowhere:
        faulthandler.dump_traceback_later(_patience(task), exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _patience(task: Task) -> float:
    """Seconds after which an alarm has certainly failed to ring."""
    return 1.5 * task.timeout + 1


def _overdue(task: Task) -> str:
    return f"checking this file took longer than {task.timeout:g} s"


def _fate(status: int | None) -> str:
    if status is not None and status < 0:
        return f"ended its process with {signal.Signals(-status).name}"
    return f"ended its process with exit status {status}"


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__
