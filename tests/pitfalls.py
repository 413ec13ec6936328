"""Files whose check ends badly, checked in a process of their own: `python tests/pitfalls.py MODE`.

Prints the reason for each file that could not be checked, as JSON. Pitfalls that only other processes survive are
left out of the modes that have none.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from einlint.execution import Job, Task, check_all
from einlint.settings import Checked, Settings

TIMEOUT = 0.5

SMALL, LARGE = 20_000, 200_000


def check(data: bytes, path: str, settings: Settings) -> Checked:
    """Do what the path says."""
    pitfall = path.partition(".")[2]
    if pitfall in PITFALLS:
        PITFALLS[pitfall]()
    return Checked((), {path: None})


def recurse() -> None:
    recurse()


def loop() -> None:
    while True:
        try:
            while True:
                pass
        except Exception:
            pass


def sleep_deaf() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    time.sleep(1000)


def fail() -> None:
    raise ValueError("two\nlines")


PITFALLS: dict[str, Callable[[], object]] = {
    "error": fail,
    "recursion": recurse,
    "memory": lambda: bytearray(1 << 60),
    "sys_exit": lambda: sys.exit(4),
    "hang": lambda: time.sleep(1000),
    "loop": loop,
    "deaf": sleep_deaf,
    "exit": lambda: os._exit(3),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "crash": lambda: ctypes.string_at(0),
}
NATIVE = ("deaf", "exit", "kill", "crash")
HANGING = ("hang", "loop")


def jobs(size: int, without: tuple[str, ...] = ()) -> list[Job]:
    """Every pitfall among harmless files."""
    names = [name for name in PITFALLS if name not in without]
    paths = [path for name in names for path in (f"{name}_before", f"x.{name}", f"{name}_after")]
    return [Job(b"#" * size, path, Settings(frozenset())) for path in paths]


def run(files: list[Job], executor: Executor | None = None, workers: int = 1) -> None:
    results = dict(check_all(files, Task(check, TIMEOUT), executor=executor, workers=workers))
    assert sorted(results) == list(range(len(files)))
    assert all(checked.findings or checked.dependencies == {files[i].path: None} for i, checked in results.items())
    reasons = {files[i].path: checked.findings[0].message for i, checked in results.items() if checked.findings}
    print(json.dumps(reasons))


def main(mode: str) -> None:
    if mode == "here":
        run(jobs(SMALL, NATIVE))
    elif mode == "alone":
        run(jobs(LARGE))
    elif mode == "pools":
        run(jobs(SMALL), workers=2)
    elif mode == "spawned":
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        run([Job(b"#" * LARGE, path, Settings(frozenset())) for path in ("ok", "x.exit", "x.error")])
    elif mode == "unborn":
        os.environ["EINLINT_UNBORN"] = "1"
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        run([Job(b"#" * LARGE, f"{number}.py", Settings(frozenset())) for number in range(4)], workers=2)
    elif mode == "threads":
        with ThreadPoolExecutor(2) as threads:
            run(jobs(SMALL, NATIVE + HANGING), threads)
    elif mode == "stalled":
        run(jobs(SMALL, NATIVE), ThreadPoolExecutor(1))
        sys.stdout.flush()
        os._exit(0)
    elif mode == "processes":
        with ProcessPoolExecutor(2) as processes:
            run(jobs(SMALL, ("deaf",)), processes, workers=2)
    elif mode == "closed":
        closed = ThreadPoolExecutor(1)
        closed.shutdown()
        run(jobs(SMALL, NATIVE + HANGING), closed)


if __name__ == "__mp_main__" and "EINLINT_UNBORN" in os.environ:
    os._exit(5)
if __name__ == "__main__":
    main(*sys.argv[1:])
