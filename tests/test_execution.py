"""No file takes the others down."""

from __future__ import annotations

import gc
import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from einlint import execution
from einlint.execution import Job, Task, attempt, check_all, check_chunk
from einlint.failures import CHECK_FAILED
from einlint.registry import rules
from einlint.settings import Checked, Settings
from tests.pitfalls import HANGING, NATIVE, PITFALLS

REASONS = {
    "error": "failed with `ValueError: two lines`",
    "recursion": "failed with `RecursionError: maximum recursion depth exceeded`",
    "memory": "failed with `MemoryError`",
    "sys_exit": "failed with `SystemExit: 4`",
    "hang": "took longer than 0.5 s",
    "loop": "took longer than 0.5 s",
    "deaf": "took longer than 0.5 s",
    "exit": "ended its process with exit status 3",
    "kill": "ended its process with SIGKILL",
    "crash": "ended its process with SIGSEGV",
}


@pytest.mark.parametrize(
    ("mode", "survived"),
    [
        ("here", set(PITFALLS) - {*NATIVE}),
        ("alone", set(PITFALLS)),
        ("pools", set(PITFALLS)),
        ("spawned", {"exit", "error"}),
        ("threads", set(PITFALLS) - {*NATIVE, *HANGING}),
        ("stalled", set(PITFALLS) - {*NATIVE}),
        ("processes", set(PITFALLS) - {"deaf"}),
        ("closed", set(PITFALLS) - {*NATIVE, *HANGING}),
    ],
)
def test_every_other_file_is_checked(mode: str, survived: set[str]) -> None:
    assert reasons(mode) == {f"x.{name}": f"checking this file {REASONS[name]}" for name in survived}


def test_processes_that_end_before_they_read_their_work_are_not_waited_for() -> None:
    reason = "checking this file ended its process with exit status 5"
    assert reasons("unborn") == {f"{number}.py": reason for number in range(4)}


def reasons(mode: str) -> dict[str, str]:
    script = Path(__file__).parent / "pitfalls.py"
    done = subprocess.run([sys.executable, script, mode], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_the_finding_is_that_of_the_rule() -> None:
    assert rules()[CHECK_FAILED.code].name == CHECK_FAILED.name


def nothing(data: bytes, path: str, settings: Settings) -> Checked:
    return Checked((), {path: data.decode()})


def jobs(count: int, size: int = 1) -> list[Job]:
    return [Job(b"x" * size, f"{number}.py", Settings(frozenset())) for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 7])
@pytest.mark.parametrize("workers", [1, 3])
def test_every_file_has_its_result(count: int, workers: int) -> None:
    results = dict(check_all(jobs(count), Task(nothing), workers=workers))
    assert [results[number].dependencies for number in range(count)] == [{f"{n}.py": "x"} for n in range(count)]


def test_an_executor_gets_plain_data_in_parts() -> None:
    with ThreadPoolExecutor(2) as executor:
        results = dict(check_all(jobs(40, 10_000), Task(nothing), executor=executor, workers=2))
    assert len(results) == 40


@pytest.mark.parametrize(("size", "calls"), [pytest.param(1, False, id="here"), pytest.param(10_000, True, id="there")])
def test_there_is_time_while_other_processes_work(size: int, calls: bool) -> None:
    called: list[int] = []
    results = list(check_all(jobs(60, size), Task(nothing), workers=2, meanwhile=lambda: called.append(len(called))))
    assert (len(results), bool(called)) == (60, calls)


def test_large_parts_come_first_and_hold_every_file() -> None:
    parts = list(execution._chunks(jobs(400, 10_000), 2))
    assert [index for part in parts for index in part] == list(range(400))
    sizes = [len(part) for part in parts[:-1]]
    assert (sizes, sizes[0], sizes[-1]) == (sorted(sizes, reverse=True), 50, 5)


def test_an_executor_of_another_version_is_not_believed() -> None:
    with pytest.raises(RuntimeError, match=r"einlint 0\.0 is asked for"):
        check_chunk(jobs(1), Task(nothing, version="0.0"))
    with ThreadPoolExecutor(2) as executor:
        results = dict(check_all(jobs(3), Task(nothing, version="0.0"), executor=executor, workers=2))
    assert len(results) == 3


def test_garbage_is_not_collected_during_a_check() -> None:
    def check(data: bytes, path: str, settings: Settings) -> Checked:
        return Checked((), {"on": str(gc.isenabled())})

    assert gc.isenabled()
    assert attempt(jobs(1)[0], Task(check)).dependencies == {"on": "False"}
    assert gc.isenabled()


def test_an_alarm_that_was_set_is_restored() -> None:
    rung: list[int] = []
    previous = signal.signal(signal.SIGALRM, lambda number, _: rung.append(number))
    try:
        check_chunk(jobs(1), Task(nothing))
        signal.raise_signal(signal.SIGALRM)
        assert rung == [signal.SIGALRM]
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    finally:
        signal.signal(signal.SIGALRM, previous)


def test_ctrl_c_is_not_taken_for_a_failure() -> None:
    def check(data: bytes, path: str, settings: Settings) -> Checked:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attempt(jobs(1)[0], Task(check))
